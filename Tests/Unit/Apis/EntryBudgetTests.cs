using Broker.Node.Apis;
using Kernel;

namespace Tests.Unit.Apis;

public class EntryBudgetTests
{
    [Fact]
    public void What_is_named_once_has_the_whole_and_what_is_repeated_its_share()
    {
        var budget = new EntryBudget<string>(Limits.MaxRepeatedEntriesPerAnswer * 3);
        Assert.True(Take("a"));
        Assert.True(Take("a"));
        Assert.False(Take("a"));
        Assert.True(Take("b"));
        Assert.False(Take("c"));

        bool Take(string key)
        {
            var isAllowed = budget.Allows(key, out var isRepeated);
            budget.Spend(isAllowed ? Limits.MaxRepeatedEntriesPerAnswer : 0, isRepeated);
            return isAllowed;
        }
    }
}
