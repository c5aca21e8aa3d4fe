using Broker.Node.Partitions;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

/// <summary>Incremental fetch sessions (KIP-227) as Apache Kafka 4.3.1 was seen to keep them.</summary>
public class FetchSessionApiTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(18)]
    public async Task An_incremental_answer_lists_data_and_what_changed(short version)
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 3);
        await node.ProduceAsync(topic, 0, DataNode.Batch(2));
        await node.ProduceAsync(topic, 1, DataNode.Batch());
        var session = await Session.OpenAsync(node, version, DataNode.Fetch(topic, (0, 0), (1, 1), (2, 0)));
        Assert.Equal("0:2+ 1:1 2:0", session.Last);

        Assert.Equal("0:2+", await session.NextAsync());
        Assert.Equal("", await session.NextAsync(DataNode.Fetch(topic, (0, 2))));
        Assert.Equal("", await session.NextAsync());
        Assert.Equal("9!UnknownTopicOrPartition", await session.NextAsync(DataNode.Fetch(topic, (9, 0))));
        Assert.Equal("9!UnknownTopicOrPartition", await session.NextAsync());
        Assert.Equal("", await session.NextAsync(forgotten: (topic, [9, 2])));
        await node.ProduceAsync(topic, 2, DataNode.Batch());
        Assert.Equal("", await session.NextAsync());
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        Assert.Equal("0:3+", await session.NextAsync());
        Assert.Equal("0!OffsetOutOfRange", await session.NextAsync(DataNode.Fetch(topic, (0, 999))));
        Assert.Equal("0!OffsetOutOfRange", await session.NextAsync());
        Assert.Equal("0:3", await session.NextAsync(DataNode.Fetch(topic, (0, 3))));
        Assert.Equal("", await session.NextAsync());
    }

    [Fact]
    public async Task A_log_start_that_moves_is_told()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch(5));
        var session = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 5)));
        topic.Find(0)!.DeleteRecordsBefore(3);
        Assert.Equal("0:5", await session.NextAsync());
        Assert.Equal("", await session.NextAsync());
    }

    [Fact]
    public async Task Wrong_epochs_and_ids_are_refused_and_harm_nothing()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var session = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        Assert.Equal("", await session.NextAsync());
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, await Error(18, session.Id, 1));
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, await Error(18, session.Id, 20));
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, await Error(18, session.Id, -2));
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, await Error(12, session.Id, 2));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, await Error(18, session.Id == 1 ? 2 : 1, 1));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, await Error(18, 0, 1));
        Assert.Equal("", await session.NextAsync());

        async Task<ErrorCode> Error(short version, int id, int epoch)
        {
            var answer = await node.AskAsync(new FetchRequest { MaxBytes = 1000, SessionId = id, SessionEpoch = epoch }, version);
            Assert.Equal((0, 0), (answer.SessionId, answer.Responses.Count));
            return (ErrorCode)answer.ErrorCode;
        }
    }

    [Fact]
    public async Task Epoch_zero_replaces_a_session_and_minus_one_ends_it()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var first = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        var request = DataNode.Fetch(topic, (0, 0));
        (request.SessionId, request.SessionEpoch) = (first.Id, 0);
        var second = (await node.AskAsync(request)).SessionId;
        Assert.NotEqual(0, second);
        Assert.Equal(1, node.Sessions.Count);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (ErrorCode)(await node.AskAsync(new FetchRequest { SessionId = first.Id, SessionEpoch = 1 })).ErrorCode);

        request = DataNode.Fetch(topic, (0, 0));
        (request.SessionId, request.SessionEpoch) = (second, -1);
        var last = await node.AskAsync(request);
        Assert.Equal((ErrorCode.None, 0, 1), ((ErrorCode)last.ErrorCode, last.SessionId, last.Responses.Count));
        Assert.Equal(0, node.Sessions.Count);
    }

    [Fact]
    public async Task Nothing_and_errors_open_a_session_too_and_an_emptied_one_ends()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var unknown = DataNode.Fetch(topic, (7, 0));
        Assert.NotEqual(0, (await Session.OpenAsync(node, 18, unknown)).Id);
        var empty = await Session.OpenAsync(node, 18, new FetchRequest { MaxBytes = 1000 });
        Assert.NotEqual(0, empty.Id);
        Assert.Equal(2, node.Sessions.Count);

        var answer = await node.AskAsync(new FetchRequest { MaxBytes = 1000, SessionId = empty.Id, SessionEpoch = 1 });
        Assert.Equal((ErrorCode.None, 0), ((ErrorCode)answer.ErrorCode, answer.SessionId));
        Assert.Equal(1, node.Sessions.Count);
    }

    /// <summary>It is answered as any unknown topic, and nothing keeps it.</summary>
    [Fact]
    public async Task A_name_longer_than_any_topics_comes_into_no_session()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var endless = new FetchRequest
        {
            MaxBytes = 1000,
            SessionEpoch = 0,
            Topics = [new() { Topic = new string('a', Limits.MaxTopicNameChars + 1), Partitions = [new() { PartitionMaxBytes = 1000, CurrentLeaderEpoch = -1 }] }],
        };
        var answer = await node.AskAsync(endless, 12);
        Assert.Equal((0, ErrorCode.UnknownTopicOrPartition), (answer.SessionId, (ErrorCode)answer.Responses[0].Partitions[0].ErrorCode));
        Assert.Equal(0, node.Sessions.Count);

        var session = await Session.OpenAsync(node, 12, DataNode.Fetch(topic, (0, 0)));
        (endless.SessionId, endless.SessionEpoch) = (session.Id, 1);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (ErrorCode)(await node.AskAsync(endless, 12)).ErrorCode);
        Assert.Equal("", await session.NextAsync());
    }

    [Fact]
    public async Task A_session_that_waits_is_woken_by_any_of_its_partitions_and_lists_only_that()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2000);
        var session = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, [.. Enumerable.Range(0, 2000).Select(p => (p, 0L))]));
        foreach (var partition in (int[])[1234, 7, 1234])
        {
            var waiting = session.Start(FetchApiTests.Waiting(new FetchRequest { MaxBytes = 1_000_000 }, minBytes: 1));
            Assert.False(waiting.IsCompleted);
            var offset = await node.ProduceAsync(topic, partition, DataNode.Batch());
            Assert.Equal($"{partition}:{offset + 1}+", session.Read(await waiting));
            Assert.Equal("", await session.NextAsync(DataNode.Fetch(topic, (partition, offset + 1))));
        }
    }

    [Fact]
    public async Task A_later_request_ends_the_wait_of_an_earlier_one()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var session = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        var first = session.Start(FetchApiTests.Waiting(new FetchRequest { MaxBytes = 1000 }, minBytes: 1));
        var second = session.Start(FetchApiTests.Waiting(new FetchRequest { MaxBytes = 1000 }, minBytes: 1));
        Assert.Equal("", session.Read(await first));
        Assert.False(second.IsCompleted);
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        Assert.Equal("0:1+", session.Read(await second));
    }

    [Fact]
    public async Task A_session_that_is_ended_while_it_waits_is_answered()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var session = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        var waiting = session.Start(FetchApiTests.Waiting(new FetchRequest { MaxBytes = 1000 }, minBytes: 1));
        await node.AskAsync(new FetchRequest { MaxBytes = 1000, SessionId = session.Id, SessionEpoch = -1 });
        Assert.Equal("", session.Read(await waiting));
    }

    [Fact]
    public async Task A_topic_made_again_is_found_again_by_name_and_not_by_id()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var byName = await Session.OpenAsync(node, 12, DataNode.Fetch(topic, (0, 0)));
        var byId = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        node.Partitions.Remove(topic.Id);
        Assert.Equal("0!UnknownTopicOrPartition", await byName.NextAsync());
        Assert.Equal("0!UnknownTopicId", await byId.NextAsync());
        var again = node.Topic("t");
        await node.ProduceAsync(again, 0, DataNode.Batch());
        Assert.Equal("0:1+", await byName.NextAsync());
        Assert.Equal("0!UnknownTopicId", await byId.NextAsync());
    }

    [Fact]
    public async Task When_all_sessions_are_in_use_a_fetch_is_answered_without_one()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        for (var i = 0; i < Limits.MaxFetchSessions; i++)
        {
            Assert.NotEqual(0, (await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)))).Id);
        }

        var last = await Session.OpenAsync(node, 18, DataNode.Fetch(topic, (0, 0)));
        Assert.Equal((0, "0:0"), (last.Id, last.Last));
        Assert.Equal(Limits.MaxFetchSessions, node.Sessions.Count);
    }

    /// <summary>The client's side: counts epochs, and shortens answers to `index:highWatermark`, with + for data and ! for an error.</summary>
    private sealed class Session(DataNode node, short version)
    {
        private int _epoch;

        public int Id { get; private set; }

        public string Last { get; private set; } = "";

        public static async Task<Session> OpenAsync(DataNode node, short version, FetchRequest request)
        {
            var session = new Session(node, version);
            request.SessionEpoch = 0;
            var answer = await node.AskAsync(request, version);
            session.Id = answer.SessionId;
            session.Last = Shorten(answer);
            return session;
        }

        public async Task<string> NextAsync(FetchRequest? request = null, (Topic Topic, int[] Partitions)? forgotten = null)
        {
            request ??= new FetchRequest { MaxBytes = 1_000_000 };
            if (forgotten is { } f)
            {
                request.ForgottenTopicsData.Add(new() { Topic = f.Topic.Name, TopicId = f.Topic.Id, Partitions = [.. f.Partitions] });
            }

            return Read(await Start(request));
        }

        public ValueTask<Protocol.Transport.Answer> Start(FetchRequest request)
        {
            (request.SessionId, request.SessionEpoch) = (Id, ++_epoch);
            return node.Start(request, version);
        }

        public string Read(Protocol.Transport.Answer answer)
        {
            var response = DataNode.Read<FetchResponse>(answer, version);
            Assert.Equal((ErrorCode.None, Id), ((ErrorCode)response.ErrorCode, response.SessionId));
            return Shorten(response);
        }

        private static string Shorten(FetchResponse answer) => string.Join(' ', answer.Responses.SelectMany(t => t.Partitions).Select(p => p.ErrorCode != 0
            ? $"{p.PartitionIndex}!{(ErrorCode)p.ErrorCode}"
            : $"{p.PartitionIndex}:{p.HighWatermark}{(p.Records.LengthBytes > 0 ? "+" : "")}"));
    }
}
