using CsCheck;
using Federation.Core.Tenancy;
using Kernel.Ids;

namespace Tests.Unit.Tenancy;

public class TenantNamesTests
{
    private static readonly TenantNames Demo = new(new TenantId("demo"));
    private static readonly TenantNames Demo2 = new(new TenantId("demo-2"));

    [Fact]
    public void Every_name_comes_back_as_it_went()
    {
        Gen.String.Where(name => name is not ("" or "." or "..")).Sample(name =>
        {
            Assert.Equal(name, Demo.ToTenant(Demo.TopicToCluster(name)));
            Assert.Equal(name, Demo.ToTenant(Demo.GroupToCluster(name)));
        });
    }

    [Fact]
    public void No_name_of_one_tenant_belongs_to_another()
    {
        Gen.String.Sample(name =>
        {
            Assert.False(Demo2.Owns(Demo.TopicToCluster(name)));
            Assert.False(Demo.Owns(Demo2.TopicToCluster(name)));
        });
        Assert.False(Demo.Owns("__consumer_offsets"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_prefix_does_not_make_an_illegal_topic_legal(string name) => Assert.Equal(name, Demo.TopicToCluster(name));

    [Fact]
    public void The_empty_group_is_refused_for_members_and_private_for_positions()
    {
        Assert.Equal("", Demo.MemberGroupToCluster(""));
        Assert.Equal("demo.", Demo.GroupToCluster(""));
        Assert.NotEqual(Demo.GroupToCluster(""), Demo2.GroupToCluster(""));
    }

    [Fact]
    public void A_name_of_others_never_becomes_the_tenants()
    {
        Gen.String.Where(name => name is not ("" or "." or "..")).Sample(name => Assert.Throws<ForeignNameException>(() => Demo.ToTenant(Demo2.TopicToCluster(name))));
        Assert.Throws<ForeignNameException>(() => Demo.ToTenant("__consumer_offsets"));
    }

    [Fact]
    public void The_limit_of_a_name_leaves_room_for_the_prefix()
    {
        Assert.Equal(249, Demo.TopicToCluster(new string('a', Demo.MaxTopicChars)).Length);
        Assert.Equal(244, Demo.MaxTopicChars);
    }
}
