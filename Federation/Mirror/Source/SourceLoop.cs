using System.Collections.Immutable;
using System.Threading.Channels;
using Federation.Core.Mirroring;
using Google.Protobuf;
using Grpc.Core;
using Hosting;
using Kernel.Ids;
using Kernel.Machines;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Link;
using Protocol.Wire;

namespace Federation.Mirror.Source;

/// <summary>
/// The source side of one stream: owns its <see cref="SourceMachine"/> and its connections to the source's cluster, and lives as long as the stream.
/// One task reads what the destination says, one writes; fetches push from wherever their answer arrives.
/// </summary>
internal sealed class SourceLoop : IAsyncDisposable
{
    private readonly MirrorOptions _options;
    private readonly SourceMachine _machine;
    private readonly ReactorLoop<SourceInput, SourceEffect> _loop;
    private readonly SourceCluster _cluster;
    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new() { SingleReader = true });
    private readonly CancellationTokenSource _end = new();

    public SourceLoop(MirrorOptions options, RegionId destination)
    {
        _options = options;
        Destination = destination;
        _cluster = new(
            options.BootstrapHost, options.BootstrapPort, $"federation-link-{destination}", options.Settings.FetchMaxWait, options.Settings.MaxPartitionFetchBytes);
        _machine = new(options.Region, destination, options.Settings, new Prng((ulong)Random.Shared.NextInt64()), options.View.Image);
        _loop = new(_machine, options.Clock, new SourceInput.DeadlineReached(), Perform, Drop, Fail);
    }

    // The payload is released once its message has been written or dropped.
    private readonly record struct Outgoing(FromSource Message, BatchPayload? Payload);

    /// <summary>Who follows.</summary>
    public RegionId Destination { get; }

    /// <summary>Bytes of batches pushed on this stream.</summary>
    public long PushedBytes => _loop.Read(() => _machine.PushedBytes);

    /// <summary>What the destination follows here.</summary>
    public IReadOnlyList<PartitionMirrorStatus> Status() => _loop.Read(() => _machine.Status(_options.Clock.Now));

    /// <summary>How far the destination's copies are, for its next stream.</summary>
    public IReadOnlyDictionary<(string Topic, int Partition), SourceProgress> Progress() => _loop.Read(() => _machine.Progress(_options.Clock.Now));

    /// <summary>How far they were on an earlier stream.</summary>
    public void GoOnFrom(IReadOnlyDictionary<(string Topic, int Partition), SourceProgress> progress) => _loop.Post(new SourceInput.EarlierStream(progress));

    /// <summary>The federation's image has been swapped.</summary>
    public void OnImageChanged() => _loop.Post(new SourceInput.ImageChanged(_options.View.Image));

    /// <summary>Serves the stream until either side ends it. The greeting has been read and answered.</summary>
    public async Task RunAsync(IAsyncStreamReader<FromDestination> incoming, IServerStreamWriter<FromSource> outgoing, CancellationToken cancel)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        var writing = WriteAsync(outgoing, linked.Token);
        _loop.Post(new SourceInput.ImageChanged(_options.View.Image));
        try
        {
            while (await incoming.MoveNext(linked.Token).ConfigureAwait(false))
            {
                if (Read(incoming.Current) is { } input)
                {
                    _loop.Post(input);
                }
            }
        }
        finally
        {
            await _end.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream; nothing when it has ended by itself.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _end.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Whoever looked it up was overtaken by its end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        _outgoing.Writer.TryComplete();
        while (_outgoing.Reader.TryRead(out var left))
        {
            left.Payload?.Dispose();
        }

        await _cluster.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task WriteAsync(IServerStreamWriter<FromSource> stream, CancellationToken cancel)
    {
        // What is already in line goes out with what is behind it: one write to the socket for many small pushes.
        var gathered = new WriteOptions(WriteFlags.BufferHint);
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
            {
                while (_outgoing.Reader.TryRead(out var next))
                {
                    try
                    {
                        stream.WriteOptions = _outgoing.Reader.TryPeek(out _) ? gathered : WriteOptions.Default;
                        await stream.WriteAsync(next.Message, cancel).ConfigureAwait(false);
                    }
                    finally
                    {
                        next.Payload?.Dispose();
                    }
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException or RpcException)
        {
            // The stream is gone. Its reader notices too and ends the loop; what is left in line is released by the owner.
            await _end.CancelAsync().ConfigureAwait(false);
        }
    }

    private static SourceInput? Read(FromDestination message) => message.BodyCase switch
    {
        FromDestination.BodyOneofCase.Follow => new SourceInput.FollowAsked(message.Follow.Handle, message.Follow.Name, message.Follow.FencingEpoch),
        FromDestination.BodyOneofCase.Unfollow => new SourceInput.UnfollowAsked(message.Unfollow.Handle),
        FromDestination.BodyOneofCase.Resume => new SourceInput.ResumeAsked(
            message.Resume.Handle, [.. message.Resume.Positions.Select(p => new ResumeAt((int)p.Partition, p.Offset, p.Session))]),
        FromDestination.BodyOneofCase.Pause => new SourceInput.PauseAsked(message.Pause.Handle, [.. message.Pause.Partitions.Select(p => (int)p)]),
        FromDestination.BodyOneofCase.Credits => new SourceInput.CreditsGranted((long)Math.Min(message.Credits.Bytes, int.MaxValue)),
        FromDestination.BodyOneofCase.Ack => new SourceInput.EndsAcked([.. message.Ack.Ends.Select(e => new AckedEnd(e.Handle, (int)e.Partition, e.Offset))]),
        _ => null,
    };

    private void Perform(SourceEffect effect)
    {
        switch (effect)
        {
            case SourceEffect.SendBatches push:
                Push(push);
                break;
            case SourceEffect.Fetch fetch:
                _ = PostAsync(_cluster.FetchAsync(fetch));
                break;
            case SourceEffect.SendHeartbeat beat:
                var heartbeat = new Heartbeat { ClockMs = _options.Clock.WallMs };
                heartbeat.Ends.AddRange(beat.Ends.Select(e => new Heartbeat.Types.End
                {
                    Handle = e.Handle, Partition = (uint)e.Partition, CommittedEnd = e.CommittedEnd, LogStart = e.LogStart,
                }));
                Send(new() { Heartbeat = heartbeat });
                break;
            case SourceEffect.ResolveTopics ask:
                _ = PostAsync(_cluster.ResolveAsync(ask));
                break;
            case SourceEffect.FindBounds ask:
                _ = PostAsync(_cluster.FindBoundsAsync(ask));
                break;
            case SourceEffect.SendTopic topic:
                var info = new TopicInfo
                {
                    Handle = topic.Handle,
                    TopicId = ByteString.CopyFrom(topic.TopicId.ToByteArray(bigEndian: true)),
                    PartitionCount = (uint)topic.PartitionCount,
                };
                info.Configs.Add(topic.Configs);
                Send(new() { Topic = info });
                break;
            case SourceEffect.SendRefusal refusal:
                Send(new() { Error = new() { Handle = refusal.Handle, Partition = refusal.Partition, Code = (short)refusal.Error, Text = refusal.Text } });
                break;
            case SourceEffect.Release release:
                release.Payload.Dispose();
                break;
            case SourceEffect.Log log:
                _options.Logger.Log(log.IsTrouble ? LogLevel.Warning : LogLevel.Information, "{Text}", log.Text);
                break;
        }
    }

    private void Push(SourceEffect.SendBatches push)
    {
        var from = push.FromOffset;
        var rest = push.Payload.Bytes.Length;
        foreach (var piece in PushSplit.Cut(push.Payload.Bytes, push.FromOffset))
        {
            rest -= piece.Bytes.Length;
            var batches = new Batches
            {
                Handle = push.Handle,
                Partition = (uint)push.Partition,
                Session = push.Session,
                FromOffset = from,
                CommittedEnd = push.CommittedEnd,
                LogStart = push.LogStart,
                ClockMs = _options.Clock.WallMs,
                Continues = piece.Continues,

                // Copied when the message is written, before the payload is released.
                Records = UnsafeByteOperations.UnsafeWrap(piece.Bytes),
            };
            Send(new() { Batches = batches }, rest == 0 ? push.Payload : null);
            from = piece.NextOffset;
        }
    }

    private void Send(FromSource message, BatchPayload? payload = null)
    {
        if (!_outgoing.Writer.TryWrite(new(message, payload)))
        {
            payload?.Dispose();
        }
    }

    private async Task PostAsync(Task<SourceInput> answer) => _loop.Post(await answer.ConfigureAwait(false));

    private static void Drop(SourceInput input)
    {
        if (input is SourceInput.Fetched fetched)
        {
            foreach (var partition in fetched.Partitions)
            {
                partition.Payload?.Dispose();
            }
        }
    }

    private void Fail(Exception e)
    {
        _options.Logger.LogError(e, "the source side of the link from {Region} to {Destination} failed; the stream is ended and will be made anew", _options.Region, Destination);
        _ = StopAsync();
    }
}
