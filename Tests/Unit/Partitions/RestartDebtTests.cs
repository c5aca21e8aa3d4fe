using Broker.Node.Partitions;

namespace Tests.Unit.Partitions;

public class RestartDebtTests
{
    [Fact]
    public void A_round_is_called_for_once_until_it_comes()
    {
        var calls = 0;
        var debt = new RestartDebt(100) { Reached = () => calls++ };
        debt.Add(60);
        Assert.Equal(0, calls);
        debt.Add(60);
        debt.Add(500);
        Assert.Equal(1, calls);
        Assert.True(debt.Clear());
        debt.Add(99);
        Assert.False(debt.Clear());
        debt.Add(100);
        Assert.Equal(2, calls);
    }
}
