using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AskedGroup = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;
using AskedTopic = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics;
using FoundGroup = Protocol.Wire.Messages.OffsetFetchResponse.OffsetFetchResponseGroup;
using FoundPartition = Protocol.Wire.Messages.OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics.OffsetFetchResponsePartitions;
using FoundTopic = Protocol.Wire.Messages.OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics;

namespace Broker.Node.Apis;

/// <summary>
/// OffsetFetch: several groups from version 8, topics by id from version 10. Older requests are treated as one of a single group. What was
/// never committed, or belongs to a topic that is gone, is -1 without an error.
/// </summary>
internal sealed class OffsetFetchApi(GroupCoordinator coordinator) : Api<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short FirstBatchedVersion = 8;
    private const short FirstWithTopicIds = 10;

    protected override ValueTask<OffsetFetchResponse?> HandleAsync(RequestContext context, OffsetFetchRequest request)
    {
        var groups = context.Version >= FirstBatchedVersion
            ? request.Groups
            : [
                new AskedGroup
                {
                    GroupId = request.GroupId,
                    Topics = request.Topics?.ConvertAll(t => new AskedTopic { Name = t.Name, PartitionIndexes = t.PartitionIndexes }),
                },
            ];

        // All groups are asked before the first answer is waited for.
        var pending = new ValueTask<GroupReply>[groups.Count];
        var same = FindSame(groups);
        var isReady = true;
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = same[i] == i ? AskAsync(context.Version, groups[i]) : default;
            isReady &= pending[i].IsCompletedSuccessfully;
        }

        return isReady ? new(Respond(context.Version, groups, Array.ConvertAll(pending, p => p.Result), same)) : AwaitAsync();

        async ValueTask<OffsetFetchResponse?> AwaitAsync()
        {
            var replies = new GroupReply[pending.Length];
            for (var i = 0; i < replies.Length; i++)
            {
                replies[i] = await pending[i].ConfigureAwait(false);
            }

            return Respond(context.Version, groups, replies, same);
        }
    }

    /// <summary>For each group the place whose reply it has: its own, or that of the first which asks for all positions of the same group.</summary>
    private static int[] FindSame(List<AskedGroup> groups)
    {
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        var same = new int[groups.Count];
        for (var i = 0; i < same.Length; i++)
        {
            same[i] = groups[i].Topics is null && !firsts.TryAdd(groups[i].GroupId, i) ? firsts[groups[i].GroupId] : i;
        }

        return same;
    }

    private ValueTask<GroupReply> AskAsync(short version, AskedGroup group)
    {
        List<OffsetKey>? keys = null;
        if (group.Topics is { } topics)
        {
            keys = [];
            foreach (var topic in topics)
            {
                if (NameOf(version, topic) is { } name)
                {
                    keys.AddRange(topic.PartitionIndexes.Select(partition => new OffsetKey(name, partition)));
                }
            }
        }

        var number = coordinator.NextRequest();
        return coordinator.SubmitAsync(group.GroupId, new GroupInput.FetchOffsets(number, group.GroupId, keys), number);
    }

    /// <summary>The topic's name; null for an id that is not known.</summary>
    private string? NameOf(short version, AskedTopic topic)
        => version >= FirstWithTopicIds ? coordinator.Metadata.Find(topic.TopicId)?.Name : topic.Name;

    private OffsetFetchResponse Respond(short version, List<AskedGroup> groups, GroupReply[] replies, int[] same)
    {
        // Each position once is no more than the coordinator holds.
        var budget = new EntryBudget<(string, OffsetKey)>(int.MaxValue);
        var response = new OffsetFetchResponse();
        for (var i = 0; i < replies.Length; i++)
        {
            response.Groups.Add(Find(version, groups[i], replies[same[i]], budget));
        }

        if (version < FirstBatchedVersion)
        {
            ToSingle(version, response);
        }

        return response;
    }

    private FoundGroup Find(short version, AskedGroup asked, GroupReply reply, EntryBudget<(string, OffsetKey)> budget)
    {
        var group = new FoundGroup { GroupId = asked.GroupId, ErrorCode = (short)reply.Error };
        if (reply is not GroupReply.Fetched { Error: ErrorCode.None } fetched)
        {
            // Each partition says the error too: before version 2 there was no other place for it.
            foreach (var topic in asked.Topics ?? [])
            {
                group.Topics.Add(ToAnswer(topic, topic.PartitionIndexes.ConvertAll(p => Nothing(p, reply.Error))));
            }

            return group;
        }

        if (asked.Topics is null)
        {
            if (budget.Allows((asked.GroupId, default), out var isRepeated))
            {
                budget.Spend(fetched.Found.Count, isRepeated);
                AddAll(group, fetched, version);
            }
            else
            {
                group.ErrorCode = (short)ErrorCode.InvalidRequest;
            }

            return group;
        }

        var image = coordinator.Metadata;
        var next = 0;
        foreach (var topic in asked.Topics)
        {
            var known = version >= FirstWithTopicIds ? image.Find(topic.TopicId) : image.Find(topic.Name);
            var partitions = new List<FoundPartition>(topic.PartitionIndexes.Count);
            foreach (var partition in topic.PartitionIndexes)
            {
                // The answers come in the order of the questions; a topic id that was not known then was not asked for.
                var isAnswer = next < fetched.Found.Count
                    && fetched.Found[next].Key.Partition == partition
                    && (version < FirstWithTopicIds || fetched.Found[next].Key.Topic == known?.Name);
                if (isAnswer)
                {
                    var (key, offset) = fetched.Found[next++];
                    partitions.Add(MayTell(asked.GroupId, key, offset, budget) ? ToPartition(partition, offset, known) : Nothing(partition, ErrorCode.InvalidRequest));
                }
                else
                {
                    partitions.Add(Nothing(partition, ErrorCode.UnknownTopicId));
                }
            }

            group.Topics.Add(ToAnswer(topic, partitions));
        }

        return group;
    }

    /// <summary>A position without metadata takes no more bytes than its question, so that it may be asked for as often as one likes.</summary>
    private static bool MayTell(string group, OffsetKey key, CommittedOffset? offset, EntryBudget<(string, OffsetKey)> budget)
    {
        if (offset is null || offset.Metadata.Length == 0)
        {
            return true;
        }

        var isAllowed = budget.Allows((group, key), out var isRepeated);
        budget.Spend(isAllowed ? 1 : 0, isRepeated);
        return isAllowed;
    }

    private void AddAll(FoundGroup group, GroupReply.Fetched fetched, short version)
    {
        var image = coordinator.Metadata;
        var topics = new Dictionary<string, FoundTopic>(StringComparer.Ordinal);
        foreach (var (key, value) in fetched.Found)
        {
            var known = image.Find(key.Topic);
            if (!IsOf(value!, known) || (version >= FirstWithTopicIds && known is null))
            {
                continue;
            }

            if (!topics.TryGetValue(key.Topic, out var topic))
            {
                topic = new FoundTopic { Name = key.Topic, TopicId = known?.Id ?? Guid.Empty };
                topics.Add(key.Topic, topic);
                group.Topics.Add(topic);
            }

            topic.Partitions.Add(ToPartition(key.Partition, value, known));
        }
    }

    private static FoundPartition ToPartition(int index, CommittedOffset? offset, TopicImage? topic)
        => offset is null || !IsOf(offset, topic)
            ? Nothing(index, ErrorCode.None)
            : new()
            {
                PartitionIndex = index,
                CommittedOffset = offset.Offset,
                CommittedLeaderEpoch = offset.LeaderEpoch,
                Metadata = offset.Metadata,
            };

    /// <summary>A position of a topic that was deleted and made again is not one of the new topic.</summary>
    private static bool IsOf(CommittedOffset offset, TopicImage? topic) => offset.TopicId == Guid.Empty || offset.TopicId == topic?.Id;

    private static FoundPartition Nothing(int index, ErrorCode error)
        => new() { PartitionIndex = index, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "", ErrorCode = (short)error };

    private static FoundTopic ToAnswer(AskedTopic topic, List<FoundPartition> partitions)
        => new() { Name = topic.Name, TopicId = topic.TopicId, Partitions = partitions };

    /// <summary>The one group's answer in the fields that older versions have.</summary>
    private static void ToSingle(short version, OffsetFetchResponse response)
    {
        var group = response.Groups[0];
        response.ErrorCode = group.ErrorCode;
        foreach (var topic in group.Topics)
        {
            response.Topics.Add(new()
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(p => new OffsetFetchResponse.OffsetFetchResponseTopic.OffsetFetchResponsePartition
                {
                    PartitionIndex = p.PartitionIndex,
                    CommittedOffset = p.CommittedOffset,
                    CommittedLeaderEpoch = p.CommittedLeaderEpoch,
                    Metadata = p.Metadata,
                    ErrorCode = p.ErrorCode,
                }),
            });
        }

        response.Groups.Clear();
    }
}
