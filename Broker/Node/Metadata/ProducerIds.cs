using Broker.Core.Metadata;
using Kernel;

namespace Broker.Node.Metadata;

/// <summary>
/// Hands out producer ids. They come from the metadata log in blocks, so that one durable write serves a thousand producers; what is left
/// of a block at a restart is never handed out. The region's number is in the upper bits, because mirrored batches keep their producer's id.
/// </summary>
public sealed class ProducerIds(MetadataStore metadata, int regionSlot)
{
    private const int CounterBits = 48;

    private readonly Lock _gate = new();
    private long _next;
    private long _end;
    private Task<ClusterReply>? _block;

    /// <summary>A producer id that no one has had. Fails with <see cref="IOException"/> when the metadata log cannot be written.</summary>
    public ValueTask<long> NextAsync()
    {
        lock (_gate)
        {
            if (_next < _end)
            {
                return new(Compose(_next++));
            }
        }

        return NextOfBlockAsync();
    }

    private async ValueTask<long> NextOfBlockAsync()
    {
        while (true)
        {
            Task<ClusterReply> block;
            lock (_gate)
            {
                if (_next < _end)
                {
                    return Compose(_next++);
                }

                // One block is asked for, however many wait for it.
                block = _block ??= metadata.ExecuteAsync(new ClusterCommand.AllocateProducerIds(Limits.ProducerIdBlock)).AsTask();
            }

            try
            {
                var ids = (ClusterReply.ProducerIds)await block.ConfigureAwait(false);
                lock (_gate)
                {
                    if (ReferenceEquals(_block, block))
                    {
                        (_next, _end, _block) = (ids.First, ids.First + ids.Count, null);
                    }
                }
            }
            catch
            {
                lock (_gate)
                {
                    if (ReferenceEquals(_block, block))
                    {
                        _block = null;
                    }
                }

                throw;
            }
        }
    }

    private long Compose(long counter)
    {
        Ensure.That(counter < 1L << CounterBits, "a region has 2^48 producer ids");
        return ((long)regionSlot << CounterBits) | counter;
    }
}
