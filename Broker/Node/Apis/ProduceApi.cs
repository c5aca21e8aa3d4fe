using Broker.Node.Partitions;
using Broker.Node.Producing;
using Broker.Node.Waiting;
using Protocol.Transport;
using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>
/// Produce (key 0). Versions 0 to 2 are advertised, because librdkafka before 2.12 otherwise thinks that no codec is supported, and close
/// the connection, as in Apache Kafka 4. The work is done by <see cref="ProduceOperation"/>.
/// </summary>
public sealed class ProduceApi : IApi
{
    private const short MinServedVersion = 3;
    private readonly RequestPool<ProduceOperation> _operations;

    /// <param name="partitions">Where batches go.</param>
    /// <param name="wheel">Ends waits for commits that do not come.</param>
    public ProduceApi(PartitionTable partitions, TimingWheel wheel) => _operations = new(pool => new ProduceOperation(partitions, wheel, pool));

    public ApiKey Key => ApiKey.Produce;

    public VersionRange Versions => new(0, 13);

    public ValueTask<Answer> HandleAsync(RequestContext context)
    {
        if (context.Version < MinServedVersion)
        {
            context.Frame.Dispose();
            return new(Answer.Close);
        }

        return _operations.Rent().Run(context);
    }
}
