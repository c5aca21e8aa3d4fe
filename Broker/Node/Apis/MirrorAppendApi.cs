using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AskedPartition = Protocol.Wire.Messages.MirrorAppendRequest.PartitionBatches;

namespace Broker.Node.Apis;

/// <summary>
/// MirrorAppend (private key 20002): the link's destination side hands over a source's committed batches. Batches of a request are appended
/// before the call returns; the answer comes when all of them are committed, so as durable as acks=all. See <see cref="MirrorAppendRequest"/>.
/// </summary>
public sealed class MirrorAppendApi(PartitionTable partitions) : Api<MirrorAppendRequest, MirrorAppendResponse>
{
    protected override ValueTask<MirrorAppendResponse?> HandleAsync(RequestContext context, MirrorAppendRequest request)
    {
        var topic = partitions.FindTopic(request.TopicId);
        var append = new Append(request.Partitions.Count);
        for (var i = 0; i < request.Partitions.Count; i++)
        {
            append.Add(i, topic, request.Partitions[i], request.FencingEpoch);
        }

        return append.EndAsync();
    }

    /// <summary>One request under way: what became of each partition, and how many commits are missing.</summary>
    private sealed class Append(int count) : ICommitWaiter
    {
        private readonly Partition?[] _partitions = new Partition?[count];
        private readonly MirrorAppendResponse.PartitionResult[] _results = new MirrorAppendResponse.PartitionResult[count];
        private readonly TaskCompletionSource<MirrorAppendResponse?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // The request itself counts as one, so that no commit completes it while it is still appending.
        private int _commitsLeft = 1;

        public void Add(int at, Topic? topic, AskedPartition asked, long fencingEpoch)
        {
            var partition = _partitions[at] = topic?.Find(asked.Index);
            var result = _results[at] = new() { Index = asked.Index, LogStartOffset = -1, LogEndOffset = -1 };
            if (partition is null)
            {
                result.ErrorCode = (short)(topic is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition);
                return;
            }

            if (topic!.Mirror is null)
            {
                result.ErrorCode = (short)ErrorCode.InvalidTopicException;
                result.ErrorMessage = $"Topic {topic.Name} is not a mirror: only its producers write to it.";
                return;
            }

            Interlocked.Increment(ref _commitsLeft);
            var outcome = partition.AppendMirrored(asked.Records.Memory, fencingEpoch, asked.SourceLogStartOffset, this, at);
            if (outcome.Error != ErrorCode.None)
            {
                Interlocked.Decrement(ref _commitsLeft);
                result.ErrorCode = (short)outcome.Error;
                result.ErrorMessage = outcome.ErrorMessage;
            }
        }

        public ValueTask<MirrorAppendResponse?> EndAsync() => Interlocked.Decrement(ref _commitsLeft) == 0 ? new(Answer()) : new(_completion.Task);

        public void OnCommitted(int tag, ErrorCode error)
        {
            if (error != ErrorCode.None)
            {
                _results[tag].ErrorCode = (short)error;
            }

            if (Interlocked.Decrement(ref _commitsLeft) == 0)
            {
                _completion.SetResult(Answer());
            }
        }

        private MirrorAppendResponse Answer()
        {
            var response = new MirrorAppendResponse { Partitions = new(_results.Length) };
            for (var i = 0; i < _results.Length; i++)
            {
                if (_partitions[i] is { IsDeleted: false } partition)
                {
                    // The high watermark is what is committed: where the link resumes, also after an error.
                    _results[i].LogStartOffset = partition.LogStartOffset;
                    _results[i].LogEndOffset = partition.HighWatermark;
                }

                response.Partitions.Add(_results[i]);
            }

            return response;
        }
    }
}
