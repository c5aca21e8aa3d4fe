using Federation.Core.Mirroring;
using Federation.Mirror.Kafka;
using Federation.Mirror.Source;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Federation.Mirror.Destination;

/// <summary>
/// The local broker as the link writes it: MirrorOpen and MirrorAppend. Two connections, because opening a topic waits for the metadata log and answers
/// come in order. Owned by a <see cref="MirrorLoop"/>.
/// </summary>
internal sealed class CopyBroker(string host, int port, string clientId, Action<MirrorInput> post) : IAsyncDisposable
{
    private readonly ClusterConnection _opens = new(host, port, clientId, isPrivateApi: true);
    private readonly ClusterConnection _appends = new(host, port, clientId, isPrivateApi: true);

    /// <summary>Opens a copy; the answer arrives as an input.</summary>
    public async Task OpenAsync(MirrorEffect.OpenCopy open)
    {
        var request = new MirrorOpenRequest
        {
            Name = open.Topic,
            TopicId = open.TopicId,
            PartitionCount = open.PartitionCount,
            SourceRegion = open.Source.Name,
            FencingEpoch = open.FencingEpoch,
            Configs = [.. open.Configs.Select(c => new MirrorOpenRequest.ConfigEntry { Name = c.Key, Value = c.Value })],
        };
        MirrorInput answer;
        try
        {
            using var reply = await _opens.CallAsync<MirrorOpenRequest, MirrorOpenResponse>(request).ConfigureAwait(false);
            answer = new MirrorInput.CopyOpened(
                open.Topic, open.Attempt, (ErrorCode)reply.Message.ErrorCode, reply.Message.ErrorMessage,
                [.. reply.Message.Partitions.Select(p => new CopyEnd(p.Index, p.LogStartOffset, p.LogEndOffset))]);
        }
        catch (Exception e) when (SourceCluster.IsOfTheNetwork(e))
        {
            answer = new MirrorInput.CopyOpened(open.Topic, open.Attempt, ErrorCode.NetworkException, e.Message, []);
        }

        post(answer);
    }

    /// <summary>Appends to a copy and gives the payloads back; the answer arrives as an input. Appends leave in the order of the calls.</summary>
    public async Task AppendAsync(MirrorEffect.Append append)
    {
        using var joined = Join(append.Payloads);
        MirrorInput answer;
        try
        {
            var request = new MirrorAppendRequest
            {
                TopicId = append.TopicId,
                FencingEpoch = append.FencingEpoch,
                Partitions =
                [
                    new()
                    {
                        Index = append.Partition,
                        SourceLogStartOffset = append.SourceLogStart,
                        Records = joined is not null ? new(joined.Memory) : append.Payloads is [var only] ? new(only.Bytes) : WireRecords.Empty,
                    },
                ],
            };
            using var reply = await _appends.CallAsync<MirrorAppendRequest, MirrorAppendResponse>(request).ConfigureAwait(false);
            answer = reply.Message.Partitions.Find(p => p.Index == append.Partition) is { } result
                ? new MirrorInput.AppendDone(
                    append.Topic, append.Partition, append.Attempt, (ErrorCode)result.ErrorCode, result.ErrorMessage, result.LogStartOffset, result.LogEndOffset)
                : Failed(append, "the answer does not speak of the partition");
        }
        catch (Exception e) when (SourceCluster.IsOfTheNetwork(e))
        {
            answer = Failed(append, e.Message);
        }

        foreach (var payload in append.Payloads)
        {
            payload.Dispose();
        }

        post(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _opens.DisposeAsync().ConfigureAwait(false);
        await _appends.DisposeAsync().ConfigureAwait(false);
    }

    private static MirrorInput.AppendDone Failed(MirrorEffect.Append append, string why) =>
        new(append.Topic, append.Partition, append.Attempt, ErrorCode.NetworkException, why, -1, -1);

    // Small pushes that waited together become one run; a single one goes as it is.
    private static RentedMemory? Join(System.Collections.Immutable.ImmutableArray<BatchPayload> payloads)
    {
        if (payloads.Length < 2)
        {
            return null;
        }

        var joined = new RentedMemory(payloads.Sum(p => p.Bytes.Length));
        var at = 0;
        foreach (var payload in payloads)
        {
            payload.Bytes.CopyTo(joined.Memory[at..]);
            at += payload.Bytes.Length;
        }

        return joined;
    }
}
