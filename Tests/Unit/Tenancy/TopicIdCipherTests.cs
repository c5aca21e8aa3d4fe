using CsCheck;
using Federation.Core.Tenancy;
using Kernel.Ids;

namespace Tests.Unit.Tenancy;

public class TopicIdCipherTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Ids_go_there_and_back_and_mean_nothing_to_others()
    {
        using var acme = new TopicIdCipher(Secret, new TenantId("acme"));
        using var demo = new TopicIdCipher(Secret, new TenantId("demo"));
        for (var i = 0; i < 200; i++)
        {
            var id = Guid.NewGuid();
            Assert.Equal(id, acme.ToCluster(acme.ToTenant(id)));
            Assert.NotEqual(id, acme.ToTenant(id));
            Assert.NotEqual(id, demo.ToCluster(acme.ToTenant(id)));
        }
    }

    [Fact]
    public void Gateways_with_the_same_secret_agree()
    {
        using var one = new TopicIdCipher(Secret, new TenantId("acme"));
        using var two = new TopicIdCipher(Secret, new TenantId("acme"));
        var id = Guid.NewGuid();
        Assert.Equal(one.ToTenant(id), two.ToTenant(id));
    }

    [Fact]
    public void Zero_stays_zero()
    {
        using var cipher = new TopicIdCipher(Secret, new TenantId("acme"));
        Assert.Equal(Guid.Empty, cipher.ToTenant(Guid.Empty));
        Assert.Equal(Guid.Empty, cipher.ToCluster(Guid.Empty));
    }

    [Fact]
    public void A_short_secret_is_refused() => Assert.Throws<ArgumentException>(() => new TopicIdCipher(new byte[15], new TenantId("acme")));
}
