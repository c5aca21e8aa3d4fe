using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Kernel;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.FetchRequest.FetchTopic;

namespace Federation.Gateway.Apis;

/// <summary>
/// One client fetch over several brokers. It is answered as soon as one broker has something, and must not wait for the others, which hold
/// their part back for as long as the client would. Those parts stay where they are, and the client's next fetch takes them over when it
/// asks for the same, as a consumer does whose partitions there stood still. Made per fetch.
/// </summary>
internal sealed class FetchGather(GatewayRequest r, List<(UpstreamBroker? Broker, FetchRequest Request)> parts, Func<FetchRequest, FetchResponse> unreached)
{
    private readonly List<Part> _parts = [];

    /// <summary>The parts' answers, in the cluster's terms, in the order of the parts.</summary>
    public async Task<List<(FetchResponse Response, UpstreamReply<FetchResponse>? Reply)>> RunAsync()
    {
        Begin();
        while (!_parts.Exists(part => part.HasNews) && _parts.Find(part => !part.IsSettled) is not null)
        {
            var first = await Task.WhenAny(_parts.Where(part => !part.IsSettled).Select(part => part.Fetch.Task)).ConfigureAwait(false);
            foreach (var part in _parts.Where(part => part.Fetch.Task == first))
            {
                await SettleAsync(part).ConfigureAwait(false);
            }
        }

        // Others may have come in the same moment.
        foreach (var part in _parts.Where(part => !part.IsSettled && part.Fetch.Task.IsCompleted))
        {
            await SettleAsync(part).ConfigureAwait(false);
        }

        var answers = new List<(FetchResponse, UpstreamReply<FetchResponse>?)>();
        foreach (var part in _parts)
        {
            if (!part.IsSettled)
            {
                r.Connection.Fetches.Park(part.Broker!.NodeId, part.Fetch);
                answers.Add((Unchanged(part.Request), null));
                continue;
            }

            var response = part.Reply?.Message ?? unreached(part.Request);
            Note(response);
            answers.Add((response, part.Reply));
        }

        return answers;
    }

    // All parts are in line when it returns.
    private void Begin()
    {
        var parked = r.Connection.Fetches.TakeParked();
        foreach (var (broker, request) in parts)
        {
            var key = Key(request);
            if (broker is null)
            {
                _parts.Add(new(broker, request, new(key, Task.FromResult<UpstreamReply<FetchResponse>?>(null)), isTakenOver: false));
            }
            else if (parked.Remove(broker.NodeId, out var fetch) && fetch.Key.AsSpan().SequenceEqual(key))
            {
                _parts.Add(new(broker, request, fetch, isTakenOver: true));
            }
            else
            {
                if (fetch is not null)
                {
                    FetchState.Drop(fetch);
                }

                _parts.Add(new(broker, request, Ask(broker, request, key), isTakenOver: false));
            }
        }

        foreach (var (_, fetch) in parked)
        {
            FetchState.Drop(fetch);
        }
    }

    private async Task SettleAsync(Part part)
    {
        var reply = await part.Fetch.Task.ConfigureAwait(false);
        var hasNews = reply is null || reply.Message.ErrorCode != 0
            || reply.Message.Responses.Exists(topic => topic.Partitions.Exists(p => p.ErrorCode != 0 || p.Records.LengthBytes > 0));
        if (!hasNews && part.IsTakenOver)
        {
            // It was sent for an earlier fetch and has waited that one's time; this fetch has a time of its own.
            reply!.Dispose();
            part.IsTakenOver = false;
            part.Fetch = Ask(part.Broker!, part.Request, part.Fetch.Key);
            return;
        }

        part.Reply = reply;
        part.IsSettled = true;
        part.HasNews = hasNews;
    }

    private ParkedFetch Ask(UpstreamBroker broker, FetchRequest request, byte[] key) =>
        new(key, r.AskAsync<FetchResponse>(broker, request, Math.Clamp(request.MaxBytes, 0, Limits.MaxFetchBytes)).AsTask());

    private byte[] Key(FetchRequest request)
    {
        using var writer = new FrameWriter();
        var wait = request.MaxWaitMs;
        request.MaxWaitMs = 0;
        writer.WriteInt16(r.Version);
        request.Write(writer, r.Version);
        request.MaxWaitMs = wait;
        return writer.ToArray();
    }

    private void Note(FetchResponse response)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var p in topic.Partitions.Where(p => p.ErrorCode == 0))
            {
                r.Connection.Fetches.Note(topic.Topic, topic.TopicId, p.PartitionIndex, new(p.HighWatermark, p.LastStableOffset, p.LogStartOffset));
            }
        }
    }

    // Clients expect every partition that they asked for.
    private FetchResponse Unchanged(FetchRequest request) => new()
    {
        Responses = request.Topics.ConvertAll(topic => new FetchResponse.FetchableTopicResponse
        {
            Topic = topic.Topic,
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(p => Unchanged(topic, p, request.IsolationLevel)),
        }),
    };

    private FetchResponse.FetchableTopicResponse.PartitionData Unchanged(Topic topic, Topic.FetchPartition partition, sbyte isolationLevel)
    {
        var seen = r.Connection.Fetches.LastSeen(topic.Topic, topic.TopicId, partition.Partition);
        return new()
        {
            PartitionIndex = partition.Partition,
            HighWatermark = seen.High,
            LastStableOffset = seen.LastStable,
            LogStartOffset = seen.LogStart,
            AbortedTransactions = isolationLevel == 0 ? null : [],
            Records = WireRecords.Empty,
        };
    }

    private sealed class Part(UpstreamBroker? broker, FetchRequest request, ParkedFetch fetch, bool isTakenOver)
    {
        public UpstreamBroker? Broker => broker;

        public FetchRequest Request => request;

        public ParkedFetch Fetch { get; set; } = fetch;

        public bool IsTakenOver { get; set; } = isTakenOver;

        public UpstreamReply<FetchResponse>? Reply { get; set; }

        public bool IsSettled { get; set; }

        public bool HasNews { get; set; }
    }
}
