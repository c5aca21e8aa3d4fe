using SchemaRegistry.Core.Subjects.Contracts;
using Xunit;

namespace Tests.Registry.Subjects;

public class RuleSetRulesTests
{
    private static Rule Rule(string name = "r", string? kind = "CONDITION", string? mode = "WRITE", string? type = "CEL", string? onSuccess = null) =>
        new(name, null, kind, mode, type, [], new Dictionary<string, string>(), null, onSuccess, null, false);

    private static RuleSet Domain(params Rule[] rules) => new([], rules, [], null);

    [Fact]
    public void A_rule_of_the_right_shape_is_fine()
    {
        Assert.Null(RuleSetRules.Problem(null));
        Assert.Null(RuleSetRules.Problem(Domain(Rule(), Rule("_a-1", mode: "WRITEREAD", onSuccess: "NONE,ERROR"))));
        Assert.Null(RuleSetRules.Problem(new RuleSet([Rule(mode: "UPDOWN")], [], [Rule("e", mode: "READ")], "CLIENT")));
    }

    [Fact]
    public void Anything_else_is_named()
    {
        Assert.Equal("Missing rule name", RuleSetRules.Problem(Domain(Rule(""))));
        Assert.Equal("Illegal rule name '1a'", RuleSetRules.Problem(Domain(Rule("1a"))));
        Assert.StartsWith("Illegal rule name", RuleSetRules.Problem(Domain(Rule(new string('a', 257)))), StringComparison.Ordinal);
        Assert.Equal("Missing rule type for rule 'r'", RuleSetRules.Problem(Domain(Rule(type: null))));
        Assert.Equal("Invalid rule kind 'X' for rule 'r'", RuleSetRules.Problem(Domain(Rule(kind: "X"))));
        Assert.Equal("Invalid rule mode 'UPGRADE' for rule 'r'", RuleSetRules.Problem(Domain(Rule(mode: "UPGRADE"))));
        Assert.Equal("Illegal action 'A,B' for rule 'r'", RuleSetRules.Problem(Domain(Rule(onSuccess: "A,B"))));
        Assert.Equal("Found rule with duplicate name 'r'", RuleSetRules.Problem(Domain(Rule(), Rule())));
        Assert.Equal("Invalid enableAt 'MOON'", RuleSetRules.Problem(new RuleSet([], [], [], "MOON")));
    }

    /// <summary>What is said about a schema is part of its identity, in whatever order it is said.</summary>
    [Fact]
    public void Identity_depends_on_content_not_on_order()
    {
        var one = new SchemaMetadata([new("p", ["b", "a"])], [new("y", "1"), new("x", "2")], ["s", "r"]);
        var same = new SchemaMetadata([new("p", ["a", "b"])], [new("x", "2"), new("y", "1")], ["r", "s"]);
        var other = new SchemaMetadata([new("p", ["a"])], [new("x", "2"), new("y", "1")], ["r", "s"]);
        Assert.True(SchemaMetadata.Same(one, same));
        Assert.Equal(SchemaIdentity.Of("t", [], one, null), SchemaIdentity.Of("t", [], same, null));
        Guid[] different =
        [
            SchemaIdentity.Of("t", [], one, null), SchemaIdentity.Of("t", [], other, null), SchemaIdentity.Of("t", [], null, null),
            SchemaIdentity.Of("t", [], null, Domain(Rule())), SchemaIdentity.Of("t", [], null, Domain(Rule() with { IsDisabled = true })),
            SchemaIdentity.Of("t", [new("n", "s", 1)], null, null), SchemaIdentity.Of("t", [new("n", "s", 2)], null, null),
        ];
        Assert.Equal(different.Length, different.Distinct().Count());

        // The bytes one after the other: text, name, subject, version in big-endian order.
        Assert.Equal(new Guid(System.Security.Cryptography.MD5.HashData("tns\0\0\0\u0001"u8), bigEndian: true), SchemaIdentity.Of("t", [new("n", "s", 1)], null, null));
    }
}
