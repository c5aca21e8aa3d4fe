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
/// never committed, or belongs to a topic that is gone, is -1 without an error. Groups that the answer has no room for are refused with
/// MESSAGE_TOO_LARGE.
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
        var names = new string?[groups.Count][];
        var whole = new Dictionary<string, Task<GroupReply>>(StringComparer.Ordinal);
        var isReady = true;
        for (var i = 0; i < pending.Length; i++)
        {
            names[i] = [.. (groups[i].Topics ?? []).Select(topic => NameOf(context.Version, topic))];
            pending[i] = groups[i].Topics is { } topics ? AskAsync(groups[i].GroupId, topics, names[i]) : AskWholeAsync(groups[i].GroupId, whole);
            isReady &= pending[i].IsCompletedSuccessfully;
        }

        return isReady ? new(Respond(context.Version, groups, names, Array.ConvertAll(pending, p => p.Result))) : AwaitAsync();

        async ValueTask<OffsetFetchResponse?> AwaitAsync()
        {
            var replies = new GroupReply[pending.Length];
            for (var i = 0; i < replies.Length; i++)
            {
                replies[i] = await pending[i].ConfigureAwait(false);
            }

            return Respond(context.Version, groups, names, replies);
        }
    }

    private ValueTask<GroupReply> AskAsync(string groupId, List<AskedTopic> topics, string?[] names)
    {
        var keys = new List<OffsetKey>();
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] is { } name)
            {
                keys.AddRange(topics[i].PartitionIndexes.Select(partition => new OffsetKey(name, partition)));
            }
        }

        return SubmitAsync(groupId, keys);
    }

    /// <summary>Asks for all positions of a group; once for a request, since a group's name costs little more than nothing to repeat.</summary>
    private ValueTask<GroupReply> AskWholeAsync(string groupId, Dictionary<string, Task<GroupReply>> asked)
    {
        if (!asked.TryGetValue(groupId, out var reply))
        {
            reply = SubmitAsync(groupId, null).AsTask();
            asked.Add(groupId, reply);
        }

        return new(reply);
    }

    private ValueTask<GroupReply> SubmitAsync(string groupId, List<OffsetKey>? keys)
    {
        var number = coordinator.NextRequest();
        return coordinator.SubmitAsync(groupId, new GroupInput.FetchOffsets(number, groupId, keys), number);
    }

    /// <summary>The topic's name; null for an id that is not known.</summary>
    private string? NameOf(short version, AskedTopic topic)
        => version >= FirstWithTopicIds ? coordinator.Metadata.Find(topic.TopicId)?.Name : topic.Name;

    /// <param name="names">The names that the groups' topics had when they were asked for.</param>
    private OffsetFetchResponse Respond(short version, List<AskedGroup> groups, string?[][] names, GroupReply[] replies)
    {
        var response = new OffsetFetchResponse();
        var room = new GroupAnswerRoom();
        for (var i = 0; i < replies.Length; i++)
        {
            var found = room.IsFull ? null : Find(version, groups[i], names[i], replies[i]);
            var fits = found is not null && room.TryTake(new OffsetFetchResponse { Groups = [found] }.SizeOf(Math.Max(version, FirstBatchedVersion)));
            response.Groups.Add(fits ? found! : Refused(groups[i], ErrorCode.MessageTooLarge));
        }

        if (version < FirstBatchedVersion)
        {
            ToSingle(version, response);
        }

        return response;
    }

    private FoundGroup Find(short version, AskedGroup asked, string?[] names, GroupReply reply)
    {
        if (reply is not GroupReply.Fetched { Error: ErrorCode.None } fetched)
        {
            return Refused(asked, reply.Error);
        }

        var group = new FoundGroup { GroupId = asked.GroupId };
        if (asked.Topics is null)
        {
            AddAll(group, fetched, version);
            return group;
        }

        // The answers come in the order of the questions, and a topic id that was not known then was not asked for. The topic may be gone meanwhile.
        var image = coordinator.Metadata;
        var next = 0;
        for (var i = 0; i < names.Length; i++)
        {
            var topic = asked.Topics[i];
            var known = version >= FirstWithTopicIds ? image.Find(topic.TopicId) : image.Find(topic.Name);
            var partitions = new List<FoundPartition>(topic.PartitionIndexes.Count);
            foreach (var partition in topic.PartitionIndexes)
            {
                var value = names[i] is null ? null : fetched.Found[next++].Value;
                var isUnknown = version >= FirstWithTopicIds && (names[i] is null || known is null);
                partitions.Add(isUnknown ? Nothing(partition, ErrorCode.UnknownTopicId) : ToPartition(partition, value, known));
            }

            group.Topics.Add(ToAnswer(topic, partitions));
        }

        return group;
    }

    /// <summary>Each partition says the error too: before version 2 there was no other place for it.</summary>
    private static FoundGroup Refused(AskedGroup asked, ErrorCode error)
    {
        var group = new FoundGroup { GroupId = asked.GroupId, ErrorCode = (short)error };
        foreach (var topic in asked.Topics ?? [])
        {
            group.Topics.Add(ToAnswer(topic, topic.PartitionIndexes.ConvertAll(p => Nothing(p, error))));
        }

        return group;
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
