using CsCheck;
using Federation.Core.Tenancy;
using Kernel.Ids;

namespace Tests.Unit.Tenancy;

public class ErrorTextsTests
{
    private static readonly ErrorTexts Demo = new(new TenantNames(new TenantId("demo")), word => word == "my.value");

    [Theory]
    [InlineData("Topic 'demo.orders' already exists.", "Topic 'orders' already exists.")]
    [InlineData("demo.a.b collides with demo.a_b", "a.b collides with a_b")]
    [InlineData("partition demo.orders-0.", "partition orders-0.")]
    [InlineData("nothing to see", "nothing to see")]
    [InlineData("Invalid value my.value for configuration retention.ms: Not a number", "Invalid value my.value for configuration retention.ms: Not a number")]
    [InlineData("Topic 'acme.orders' and otherdemo.x", "Topic '…' and …")]
    [InlineData("connect to kafka-1.internal:9093, localhost:9092 or 10.0.0.7", "connect to …:9093, …:9092 or …")]
    [InlineData("should be within [12.5, 13.5]", "should be within [12.5, 13.5]")]
    public void Texts_are_put_into_the_tenants_terms(string text, string expected) => Assert.Equal(expected, Demo.ToTenant(text));

    [Fact]
    public void No_name_of_another_tenant_survives()
    {
        var tenant = Gen.Char["abcdefghijklmnopqrstuvwxyz"].Array[1, 10].Select(c => new string(c)).Where(t => t != "demo");
        var topic = Gen.Char["abcxyz019._-"].Array[3, 30].Select(c => new string(c)).Where(t => char.IsLetterOrDigit(t[0]) && char.IsLetterOrDigit(t[^1]));
        Gen.Select(tenant, topic).Sample((other, name) =>
        {
            var clusterName = $"{other}.{name}";
            if (SettingNames.IsKnown(clusterName))
            {
                return;
            }

            foreach (var text in new[] { clusterName, $"Topic '{clusterName}' exists.", $"demo.{name} collides with {clusterName}.", $"({clusterName}-3)" })
            {
                Assert.DoesNotContain(clusterName, Demo.ToTenant(text), StringComparison.Ordinal);
            }
        });
    }
}
