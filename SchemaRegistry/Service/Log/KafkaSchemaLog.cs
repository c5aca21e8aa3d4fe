using System.Buffers.Binary;
using Kernel;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;

namespace SchemaRegistry.Service.Log;

/// <summary>
/// A compacted topic of any cluster that speaks Kafka's protocol. Writes are one batch with acks=all. Each record has a header with the log's
/// identity and the offset it is meant for. Reads and writes have a connection each, because a broker answers one connection in order and a
/// read waits.
/// </summary>
public sealed class KafkaSchemaLog(KafkaSchemaLogOptions options) : ISchemaLog
{
    /// <summary>Name of the header that says which offset a record is meant for: 16 bytes of topic id, 8 of offset, big-endian.</summary>
    public const string MeantForHeader = "federation-meant-for";

    private const short ProduceVersion = 9;
    private const short FetchVersion = 12;
    private const short ListOffsetsVersion = 7;
    private const int MeantForBytes = 24;
    private const int FetchBytes = 4 * 1024 * 1024;
    private const sbyte ReadCommitted = 1;
    private const long LatestTimestamp = -1;
    private const short AllReplicas = -1;

    private readonly KafkaTopic _topic = new(options);
    private volatile Session? _session;

    private sealed class Session(Guid topicId, Func<CancellationToken, Task<FrameClient>> connect, FrameClient reading, FrameClient writing)
    {
        public Guid TopicId => topicId;

        public Func<CancellationToken, Task<FrameClient>> Connect => connect;

        public FrameClient Reading => reading;

        public FrameClient Writing { get; set; } = writing;
    }

    private TimeSpan Timeout => TimeSpan.FromMilliseconds(options.TimeoutMs);

    /// <inheritdoc />
    public async Task<SchemaLogBounds> OpenAsync(CancellationToken cancel)
    {
        await CloseAsync();
        var (id, connect) = await InTimeAsync(_topic.FindAsync, cancel);
        var reading = await InTimeAsync(connect, cancel);
        try
        {
            var session = new Session(id, connect, reading, await InTimeAsync(connect, cancel));
            _session = session;
            return new SchemaLogBounds(id, await EndAsync(session, cancel));
        }
        catch
        {
            await reading.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel)
    {
        var session = _session ?? throw new IOException("the log is not open now");
        var builder = new RecordBatchBuilder();
        for (var i = 0; i < entries.Count; i++)
        {
            builder.Append(entries[i].TimestampMs, entries[i].Key, entries[i].Value, [new RecordHeader(MeantForHeader, MeantFor(session, expectedOffset + i))]);
        }

        var request = new ProduceRequest
        {
            Acks = AllReplicas,
            TimeoutMs = options.TimeoutMs,
            TopicData = [new() { Name = options.Topic, PartitionData = [new() { Index = 0, Records = new WireRecords(builder.Build()) }] }],
        };
        if (!session.Writing.IsOpen)
        {
            await ConnectWriterAsync(session, cancel);
        }

        using var reply = await WriteAsync(session, request, cancel);
        var result = reply.Message.Responses.FirstOrDefault()?.PartitionResponses.FirstOrDefault() ?? throw new IOException("the answer names no partition");
        return (ErrorCode)result.ErrorCode switch
        {
            ErrorCode.None => result.BaseOffset,
            ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => throw new SchemaTooLargeException(result.ErrorMessage ?? "the batch is too large"),
            var error => throw await BrokenAsync(session, $"write to {options.Topic}: {error} {result.ErrorMessage}"),
        };
    }

    /// <inheritdoc />
    public async Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel)
    {
        var session = _session ?? throw new IOException("the log is not open now");
        var request = new FetchRequest
        {
            MaxWaitMs = options.PollMs,
            MinBytes = 1,
            MaxBytes = FetchBytes,
            IsolationLevel = ReadCommitted,
            Topics = [new() { Topic = options.Topic, Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = FetchBytes }] }],
        };
        using var reply = await CallAsync<FetchRequest, FetchResponse>(session.Reading, request, FetchVersion, cancel);
        var partition = reply.Message.Responses.FirstOrDefault()?.Partitions.FirstOrDefault();
        switch ((ErrorCode)(partition?.ErrorCode ?? reply.Message.ErrorCode))
        {
            case ErrorCode.None when partition is not null:
                break;
            case ErrorCode.OffsetOutOfRange:
                throw new SchemaLogLostException($"{options.Topic} does not reach to offset {offset}");
            case var error:
                throw await BrokenAsync(session, $"read of {options.Topic}: {error}");
        }

        var records = new List<SchemaLogRecord>();
        var next = Read(session, partition.Records.Memory.Span, offset, records);
        var end = Math.Max(partition.LastStableOffset, 0);

        // Nothing is left between here and the end: what was there is compacted away.
        return new SchemaLogPage(records, partition.Records.LengthBytes == 0 ? Math.Max(next, end) : next, end);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private static byte[] MeantFor(Session session, long offset)
    {
        var value = new byte[MeantForBytes];
        session.TopicId.TryWriteBytes(value, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(16), offset);
        return value;
    }

    private static long Read(Session session, ReadOnlySpan<byte> bytes, long offset, List<SchemaLogRecord> records)
    {
        var next = offset;
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            var header = batches.Header;
            if (header.Magic != RecordBatchHeader.CurrentMagic || !RecordBatch.HasValidCrc(batches.Current))
            {
                throw new IOException($"the batch at offset {header.BaseOffset} is damaged or of an old format");
            }

            next = Math.Max(next, header.NextOffset);
            if (header.IsControl)
            {
                continue;
            }

            using var reader = new RecordReader(batches.Current);
            while (reader.MoveNext())
            {
                if (reader.Offset >= offset && !reader.Key.IsNull)
                {
                    records.Add(new SchemaLogRecord(reader.Offset, reader.Key.Span.ToArray(), reader.Value.ToArray(), reader.Timestamp,
                        MeantFor(session, reader.Headers)));
                }
            }

            if (reader.IsMalformed)
            {
                throw new IOException($"the batch at offset {header.BaseOffset} cannot be read");
            }
        }

        return next;
    }

    /// <summary>The offset that a record of this very log is meant for; null for records of other programs, and for copies from other logs.</summary>
    private static long? MeantFor(Session session, RecordHeaderReader headers)
    {
        while (headers.MoveNext())
        {
            if (headers.Key.SequenceEqual("federation-meant-for"u8) && headers.Value.Span is { Length: MeantForBytes } value
                && new Guid(value[..16], bigEndian: true) == session.TopicId)
            {
                return BinaryPrimitives.ReadInt64BigEndian(value[16..]);
            }
        }

        return null;
    }

    private async Task<long> EndAsync(Session session, CancellationToken cancel)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            IsolationLevel = ReadCommitted,
            Topics = [new() { Name = options.Topic, Partitions = [new() { PartitionIndex = 0, Timestamp = LatestTimestamp }] }],
        };
        using var reply = await CallAsync<ListOffsetsRequest, ListOffsetsResponse>(session.Reading, request, ListOffsetsVersion, cancel);
        var partition = reply.Message.Topics.FirstOrDefault()?.Partitions.FirstOrDefault();
        return partition is { ErrorCode: 0 }
            ? partition.Offset
            : throw new IOException($"end of {options.Topic}: {(ErrorCode)(partition?.ErrorCode ?? -1)}");
    }

    private async Task<FrameReply<TResponse>> CallAsync<TRequest, TResponse>(FrameClient client, TRequest request, short version, CancellationToken cancel)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        try
        {
            return await BoundedAsync(
                token => client.CallAsync<TRequest, TResponse>(request, version, token).AsTask(),
                Timeout + TimeSpan.FromMilliseconds(options.PollMs), $"no answer within {Timeout.TotalMilliseconds:0} ms", cancel);
        }
        catch (WireFormatException bad)
        {
            throw new IOException("the answer cannot be read", bad);
        }
    }

    /// <summary>
    /// Gives a connection up that brought no answer, so that the next write makes another: a network that forgot an idle one says so to nobody, and what
    /// is sent on it stays unanswered for a quarter of an hour.
    /// </summary>
    private async Task<FrameReply<ProduceResponse>> WriteAsync(Session session, ProduceRequest request, CancellationToken cancel)
    {
        var writing = session.Writing;
        try
        {
            return await CallAsync<ProduceRequest, ProduceResponse>(writing, request, ProduceVersion, cancel);
        }
        catch
        {
            await writing.DisposeAsync();
            throw;
        }
    }

    /// <summary>A broker closes what was silent for long (connections.max.idle.ms), and many registries are seldom written. Nothing was sent yet.</summary>
    private async Task ConnectWriterAsync(Session session, CancellationToken cancel)
    {
        var writing = await InTimeAsync(session.Connect, cancel);
        session.Writing = writing;
        if (_session != session)
        {
            await writing.DisposeAsync();
            throw new IOException("the log is not open now");
        }
    }

    private Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancel) =>
        BoundedAsync(connect, Timeout, "no connection in time", cancel);

    /// <summary>Ends the call itself when it takes too long: a connection that comes later would be nobody's.</summary>
    private static async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan atMost, string late, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(atMost);
        try
        {
            return await call(bounded.Token);
        }
        catch (OperationCanceledException canceled) when (!cancel.IsCancellationRequested)
        {
            throw new IOException(late, canceled);
        }
    }

    /// <summary>The leader is another one, or cannot serve: the reader's next call fails, and its owner opens the log again.</summary>
    private async Task<IOException> BrokenAsync(Session session, string why)
    {
        if (Interlocked.CompareExchange(ref _session, null, session) == session)
        {
            await session.Reading.DisposeAsync();
            await session.Writing.DisposeAsync();
        }

        return new IOException(why);
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
        {
            await session.Reading.DisposeAsync();
            await session.Writing.DisposeAsync();
        }
    }
}
