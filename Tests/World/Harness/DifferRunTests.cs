using System.Text.Json;
using Xunit;

namespace Tests.World.Harness;

/// <summary>What several runs of differ say together, from texts as it prints them.</summary>
public sealed class DifferRunTests
{
    private const string Id = "15-configs#42 DescribeConfigs.v4 (after two keys)";

    [Fact]
    public void A_difference_that_stays_is_a_finding() =>
        Assert.Equal([$"DIFF    {Id}  /value: A=777 B=778"], DifferRun.Findings([Different("777", "778"), Different("777", "778")]));

    [Fact]
    public void Kafka_may_agree_later() => Assert.Empty(DifferRun.Findings([Different("777", "778"), Same("778")]));

    [Fact]
    public void Kafka_may_have_agreed_before() => Assert.Empty(DifferRun.Findings([Same("778"), Different("777", "778")]));

    [Fact]
    public void Ours_may_not_change_its_answer() => Assert.NotEmpty(DifferRun.Findings([Different("777", "778"), Same("777")]));

    [Fact]
    public void Ours_may_not_differ_in_two_ways() => Assert.NotEmpty(DifferRun.Findings([Different("777", "778"), Different("777", "779"), Same("778")]));

    [Fact]
    public void Ours_may_not_end_an_exchange_in_another_way() =>
        Assert.NotEmpty(DifferRun.Findings([Run("different", "closed", $"DIFF    {Id}  (exchange): A=answered B=closed\n        A {{\"v\":1}}\n"), Same("1")]));

    [Fact]
    public void A_step_that_Kafka_did_not_do_as_expected_is_done_again()
    {
        var broken = Run("same", "answered", $"BROKEN  {Id}  java.lang.IllegalStateException: A late\nsame    {Id}  answered\n        A {{\"v\":778}}\n");
        Assert.Equal("15-configs", DifferRun.Scenario(Assert.Single(DifferRun.Findings([broken]))));
        Assert.Empty(DifferRun.Findings([broken, Same("778")]));
    }

    [Fact]
    public void An_allowed_difference_is_none()
    {
        var allowed = Run("allowed", "answered", $"ALLOWED {Id}  /value: A=1 B=2  (a reason)\n        A {{\"v\":1}}\n        B {{\"v\":2}}\n");
        Assert.Empty(DifferRun.Findings([allowed]));
    }

    [Fact]
    public void The_order_of_fields_and_of_lists_of_objects_says_nothing()
    {
        var different = Run("different", "answered",
            $"DIFF    {Id}  /value: A=1 B=2\n        A {{\"c\":[],\"v\":1}}\n        B {{\"v\":2,\"c\":[{{\"n\":\"x\"}},{{\"n\":\"y\"}}]}}\n");
        var same = Run("same", "answered", $"same    {Id}  answered\n        A {{\"c\":[{{\"n\":\"y\"}},{{\"n\":\"x\"}}],\"v\":2}}\n");
        Assert.Empty(DifferRun.Findings([different, same]));
    }

    private static DifferRun Different(string kafka, string ours) =>
        Run("different", "answered", $"DIFF    {Id}  /value: A={kafka} B={ours}\n        A {{\"v\":{kafka}}}\n        B {{\"v\":{ours}}}\n");

    private static DifferRun Same(string both) => Run("same", "answered", $"same    {Id}  answered [NONE]\n        A {{\"v\":{both}}}\n");

    private static DifferRun Run(string result, string kind, string printed) =>
        DifferRun.Of(printed, JsonSerializer.Serialize(new { steps = new[] { new { id = Id, result, bKind = kind } } }));
}
