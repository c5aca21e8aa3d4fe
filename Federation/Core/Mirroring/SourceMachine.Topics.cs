using Federation.Core.Homes;
using Kernel.Machines;
using Protocol.Wire;

namespace Federation.Core.Mirroring;

// The topics of the stream: which may be followed, and what the cluster says of them.
public sealed partial class SourceMachine
{
    private void OnFollow(SourceInput.FollowAsked asked, Now now, Outbox<SourceEffect> outbox)
    {
        if (_topics.Count >= Kernel.Limits.MaxTopicsPerLink || _topics.ContainsKey(asked.Handle) || _byName.ContainsKey(asked.Topic))
        {
            outbox.Add(new SourceEffect.SendRefusal(asked.Handle, -1, ErrorCode.InvalidRequest, $"the link follows {asked.Topic} or too many topics already"));
            return;
        }

        var topic = new SourceTopic(asked.Handle, asked.Topic, asked.FencingEpoch);
        if (Objection(topic) is { } objection)
        {
            outbox.Add(new SourceEffect.SendRefusal(asked.Handle, -1, objection.Error, objection.Text));
            return;
        }

        _topics.Add(asked.Handle, topic);
        _byName.Add(topic.Name, topic);
        _unresolved.Add(asked.Topic);
        _refreshAt ??= now.Monotonic + settings.ResolveInterval;
    }

    // Why the destination may not follow the topic, by what this region knows of the federation.
    private (ErrorCode Error, string Text)? Objection(SourceTopic topic)
    {
        if (!_image.Topics.TryGetValue(topic.Name, out var known))
        {
            return (ErrorCode.UnknownTopicOrPartition, $"region {region} knows no topic {topic.Name}");
        }

        if (known.Home != region)
        {
            return (ErrorCode.NotLeaderOrFollower, $"the home of {topic.Name} is {known.Home}, not {region}");
        }

        if (known.FencingEpoch != topic.FencingEpoch)
        {
            return (ErrorCode.FencedLeaderEpoch, $"the fencing epoch of {topic.Name} is {known.FencingEpoch} in region {region}, not {topic.FencingEpoch}");
        }

        return known.Mirrors.Contains(destination) ? null : (ErrorCode.TopicAuthorizationFailed, $"{topic.Name} is not mirrored to {destination}");
    }

    private void OnImage(FederationImage image, Outbox<SourceEffect> outbox)
    {
        var old = _image;
        _image = image;
        foreach (var topic in _topics.Values.ToList())
        {
            if (Objection(topic) is { } objection)
            {
                Refuse(topic, objection.Error, objection.Text, outbox);
            }
            else if (!ReferenceEquals(old.Topics.GetValueOrDefault(topic.Name), image.Topics[topic.Name]))
            {
                // Partitions or settings may have changed.
                _unresolved.Add(topic.Name);
            }
        }
    }

    private void OnResolved(SourceInput.TopicsResolved resolved, Now now, Outbox<SourceEffect> outbox)
    {
        _resolveAttempt = 0;
        if (resolved.Topics is not { } found)
        {
            if (!_isClusterSilent)
            {
                _isClusterSilent = true;
                outbox.Add(new SourceEffect.Log($"the cluster of {region} does not answer, {destination} waits: {resolved.Reason}", IsTrouble: true));
            }

            ResolveLater(now);
            return;
        }

        if (_isClusterSilent)
        {
            _isClusterSilent = false;
            outbox.Add(new SourceEffect.Log($"the cluster of {region} answers again", IsTrouble: false));
        }

        _resolveFailures = 0;
        var isIncomplete = false;
        foreach (var answer in found)
        {
            if (!_byName.TryGetValue(answer.Name, out var topic))
            {
                _unresolved.Remove(answer.Name);
                continue;
            }

            if (answer.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException or ErrorCode.TopicAuthorizationFailed)
            {
                Refuse(topic, answer.Error, $"the cluster of {region} has no topic {topic.Name} for the link: {answer.Error}", outbox);
            }
            else if (answer.Error is not (ErrorCode.None or ErrorCode.LeaderNotAvailable) || answer.Leaders.IsEmpty)
            {
                isIncomplete = true;
            }
            else if (topic.Id != Guid.Empty && topic.Id != answer.Id)
            {
                Refuse(topic, ErrorCode.UnknownTopicId, $"{topic.Name} was deleted in {region} and made again with another id", outbox);
            }
            else
            {
                isIncomplete |= Take(topic, answer, outbox);
            }
        }

        if (isIncomplete)
        {
            ResolveLater(now);
        }
    }

    // Returns whether a partition is still without a leader.
    private bool Take(SourceTopic topic, ResolvedTopic answer, Outbox<SourceEffect> outbox)
    {
        var isNews = topic.Id == Guid.Empty || answer.Leaders.Length > topic.Partitions.Count
            || (answer.Configs is { } configs && !configs.SequenceEqual(topic.Configs));
        topic.Id = answer.Id;
        topic.Configs = answer.Configs ?? topic.Configs;
        _byId[topic.Id] = topic;
        var isLeaderless = false;
        for (var i = 0; i < answer.Leaders.Length; i++)
        {
            if (i == topic.Partitions.Count)
            {
                topic.Partitions.Add(new(topic, i));
                if (_earlier.TryGetValue((topic.Name, i), out var earlier) && earlier.TopicId == topic.Id)
                {
                    topic.Partitions[i].AckedEnd = earlier.AckedEnd;
                    topic.Partitions[i].EarlierMs = earlier.SinceMs;
                }
            }

            isLeaderless |= answer.Leaders[i] < 0;
            Assign(topic.Partitions[i], answer.Leaders[i], outbox);
        }

        if (isNews)
        {
            outbox.Add(new SourceEffect.SendTopic(topic.Handle, topic.Id, topic.Partitions.Count, topic.Configs));
        }

        if (!isLeaderless)
        {
            _unresolved.Remove(topic.Name);
        }

        return isLeaderless;
    }

    private void Resolve(Now now, Outbox<SourceEffect> outbox)
    {
        if (_unresolved.Count == 0 || _resolveAttempt != 0 || _resolveAt > now.Monotonic)
        {
            return;
        }

        _resolveAttempt = ++_lastAttempt;
        outbox.Add(new SourceEffect.ResolveTopics(_resolveAttempt, [.. _unresolved.Order(StringComparer.Ordinal)]));
    }

    private void ResolveLater(Now now) => _resolveAt = now.Monotonic + Backoff.After(++_resolveFailures, settings.MinBackoff, settings.MaxBackoff, prng);

    private void Refuse(SourceTopic topic, ErrorCode error, string text, Outbox<SourceEffect> outbox)
    {
        Remove(topic, outbox);
        outbox.Add(new SourceEffect.SendRefusal(topic.Handle, -1, error, text));
    }

    private void Remove(SourceTopic topic, Outbox<SourceEffect> outbox)
    {
        foreach (var partition in topic.Partitions)
        {
            partition.IsWanted = false;
            Assign(partition, -1, outbox);
        }

        _topics.Remove(topic.Handle);
        _byName.Remove(topic.Name);
        _byId.Remove(topic.Id);
        _unresolved.Remove(topic.Name);
    }
}
