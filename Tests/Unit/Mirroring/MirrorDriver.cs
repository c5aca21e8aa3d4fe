using System.Buffers.Binary;
using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Mirroring;

/// <summary>Steps a destination machine by hand and keeps what it asked for.</summary>
internal sealed class MirrorDriver
{
    private readonly Outbox<MirrorEffect> _outbox = new();

    public MirrorDriver(MirrorSettings? settings = null)
    {
        Settings = settings ?? new();
        Machine = new(new("us"), new("eu"), Settings, new Prng(1));
    }

    public MirrorSettings Settings { get; }
    public MirrorMachine Machine { get; }
    public Instant Time { get; private set; } = new(1_000_000_000);
    public Now Now => new(Time, 1_700_000_000_000 + (Time.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>Effects since the last look.</summary>
    public List<MirrorEffect> Effects { get; } = [];

    public FederationImage Image { get; private set; } = FederationImage.Empty;
    public int Stream { get; private set; }
    public uint Handle { get; private set; }
    public uint Session { get; private set; }
    public int Attempt { get; private set; }

    public MirrorDriver Step(MirrorInput input)
    {
        Machine.Step(input, Now, _outbox);
        foreach (var effect in _outbox.Effects)
        {
            Effects.Add(effect);
            switch (effect)
            {
                case MirrorEffect.OpenStream open:
                    Stream = open.Stream;
                    break;
                case MirrorEffect.SendFollow follow:
                    Handle = follow.Handle;
                    break;
                case MirrorEffect.SendResume resume:
                    Session = resume.Positions[^1].Session;
                    break;
                case MirrorEffect.OpenCopy open:
                    Attempt = open.Attempt;
                    break;
                case MirrorEffect.Append append:
                    Attempt = append.Attempt;
                    break;
            }
        }

        _outbox.Clear();
        return this;
    }

    /// <summary>Time goes on; the machine is woken as its host would.</summary>
    public MirrorDriver Wait(TimeSpan span)
    {
        var until = Time + span;
        while (Machine.Deadline is { } due && due <= until)
        {
            Time = due > Time ? due : Time + TimeSpan.FromTicks(1);
            Step(new MirrorInput.DeadlineReached());
        }

        Time = until;
        return this;
    }

    public MirrorDriver Declare(int partitions = 1, long epoch = 1, string home = "eu", string mirror = "us")
    {
        var topic = new FederatedTopic(
            new TenantId("demo"), "orders", partitions, new(home), [new RegionId(mirror)], epoch, ImmutableSortedDictionary<string, string>.Empty);
        Image = Image with { Version = Image.Version + 1, Topics = Image.Topics.SetItem(topic.ClusterName, topic) };
        return Step(new MirrorInput.ImageChanged(Image));
    }

    public MirrorDriver Remove()
    {
        Image = Image with { Topics = Image.Topics.Clear() };
        return Step(new MirrorInput.ImageChanged(Image));
    }

    public static Guid TopicId { get; } = new("11111111-2222-3333-4444-555555555555");

    /// <summary>The usual way to a copy that follows, its end at the given offset.</summary>
    public MirrorDriver Follow(long copyEnd = 0, long copyStart = 0, int partitions = 1)
    {
        Declare(partitions);
        Step(new MirrorInput.StreamOpened(Stream));
        Describe(partitions);
        return Opened(copyEnd, copyStart, partitions);
    }

    public MirrorDriver Describe(int partitions = 1, Guid? id = null) =>
        Step(new MirrorInput.TopicDescribed(Stream, Handle, id ?? TopicId, partitions, ImmutableSortedDictionary<string, string>.Empty));

    public MirrorDriver Opened(long copyEnd = 0, long copyStart = 0, int partitions = 1, ErrorCode error = ErrorCode.None) =>
        Step(new MirrorInput.CopyOpened(
            "demo.orders", Attempt, error, error == ErrorCode.None ? null : "the broker's words",
            [.. Enumerable.Range(0, error == ErrorCode.None ? partitions : 0).Select(p => new CopyEnd(p, copyStart, copyEnd))]));

    public MirrorDriver Push(long baseOffset, long nextOffset, long? from = null, long? end = null, long logStart = 0, uint? session = null, int partition = 0) =>
        Step(new MirrorInput.BatchesPushed(
            Stream, Handle, partition, session ?? Session, from ?? baseOffset, end ?? nextOffset, logStart, Now.WallMs, Payload(baseOffset, nextOffset)));

    public MirrorDriver Appended(long logEnd, ErrorCode error = ErrorCode.None, long logStart = 0, int partition = 0) =>
        Step(new MirrorInput.AppendDone("demo.orders", partition, Attempt, error, error == ErrorCode.None ? null : "the broker's words", logStart, logEnd));

    public MirrorDriver Beat(long end, long logStart = 0) => Step(new MirrorInput.HeartbeatReceived(Stream, Now.WallMs, [new(Handle, 0, end, logStart)]));

    public PartitionMirrorStatus Status() => Machine.Status(Now)[0];

    /// <summary>Takes the effects of one kind; the others are forgotten.</summary>
    public List<T> Take<T>()
        where T : MirrorEffect
    {
        var found = Effects.OfType<T>().ToList();
        Effects.Clear();
        return found;
    }

    public static BatchPayload Payload(long baseOffset, long nextOffset, int bodyBytes = 39, int leaderEpoch = 0)
    {
        var bytes = Batch(baseOffset, nextOffset, bodyBytes);
        RecordBatch.PatchOffsets(bytes, baseOffset, leaderEpoch);
        return new(bytes, BatchRange.Read(bytes));
    }

    public static byte[] Batch(long baseOffset, long nextOffset, int bodyBytes = 39)
    {
        var bytes = new byte[RecordBatchHeader.SizeBytes + bodyBytes];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
        bytes[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(23), (int)(nextOffset - baseOffset - 1));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(35), 1_600_000_000_000);
        RecordBatch.PatchOffsets(bytes, baseOffset, 0);
        RecordBatch.WriteCrc(bytes);
        return bytes;
    }
}
