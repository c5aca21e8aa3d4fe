using Broker.Core.Fetching;
using CsCheck;
using Kernel;

namespace Tests.Unit.Fetching;

public class FetchBudgetTests
{
    [Fact]
    public void The_first_batch_goes_out_whatever_the_limits_are_and_the_rest_only_if_it_fits() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Select(Gen.Int[0, 600], Gen.Int[0, 400]).Array[0, 20]).Sample((maxBytes, partitions) =>
        {
            var budget = new FetchBudget(maxBytes, Limits.MaxFetchBytes);
            var returned = 0;
            foreach (var (partitionMax, batch) in partitions)
            {
                var limit = budget.LimitFor(partitionMax);
                Assert.True(limit >= 0 && limit <= partitionMax && limit <= Math.Max(0, maxBytes - returned));
                Assert.Equal(returned == 0, budget.MinOneBatch);
                var bytes = batch <= limit || budget.MinOneBatch ? batch : 0;
                budget.Spend(bytes);
                returned += bytes;
            }

            Assert.True(returned <= Math.Max(maxBytes, 400));
        });

    [Fact]
    public void A_negative_limit_is_passed_on_once_and_then_there_is_nothing_left()
    {
        var budget = new FetchBudget(-1, Limits.MaxFetchBytes);
        Assert.Equal(-1, budget.LimitFor(100));
        budget.Spend(0);
        Assert.Equal(0, budget.LimitFor(100));
        Assert.True(budget.MinOneBatch);
    }

    [Fact]
    public void A_client_that_asks_for_everything_gets_the_brokers_limit() => Assert.Equal(5000, new FetchBudget(int.MaxValue, 5000).LimitFor(int.MaxValue));
}
