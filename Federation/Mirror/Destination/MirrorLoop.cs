using Federation.Core.Mirroring;
using Grpc.Core;
using Grpc.Net.Client;
using Hosting;
using Kernel;
using Kernel.Ids;
using Kernel.Machines;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Link;

namespace Federation.Mirror.Destination;

/// <summary>
/// The destination side of the link from one source region: owns its <see cref="MirrorMachine"/>, the stream and the connections to the local broker.
/// It lives while some topic of that region is copied here.
/// </summary>
internal sealed class MirrorLoop : IAsyncDisposable
{
    // What a field or two more than the records may add to a message.
    private const int MessageOverheadBytes = 1024;

    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);

    private readonly MirrorOptions _options;
    private readonly MirrorMachine _machine;
    private readonly ReactorLoop<MirrorInput, MirrorEffect> _loop;
    private readonly CopyBroker _copies;
    private readonly Action<MirrorLoop> _failed;
    private readonly Lock _streamGate = new();
    private bool _isDisposed;
    private GrpcChannel? _channel;
    private Uri? _channelUri;
    private LinkStream? _stream;

    public MirrorLoop(MirrorOptions options, RegionId source, Action stepped, Action<MirrorLoop> failed)
    {
        _options = options;
        Source = source;
        _failed = failed;
        _machine = new(options.Region, source, options.Settings, new Prng((ulong)Random.Shared.NextInt64()));
        _loop = new(_machine, options.Clock, new MirrorInput.DeadlineReached(), Perform, Drop, Fail);
        _loop.Stepped += stepped;
        _copies = new(options.BootstrapHost, options.BootstrapPort, $"federation-mirror-{source}", _loop.Post);
    }

    /// <summary>Whose topics are copied.</summary>
    public RegionId Source { get; }

    public long MirroredBytes => _loop.Read(() => _machine.MirroredBytes);

    public long Reconnects => _loop.Read(() => _machine.Reconnects);

    public IReadOnlyList<PartitionMirrorStatus> Status() => _loop.Read(() => _machine.Status(_options.Clock.Now));

    /// <summary>Whether all of the topic's partitions follow, and if it cannot without a person, why.</summary>
    public (bool IsMirrored, string? Failure) Look(string topic) => _loop.Read(() => (_machine.IsMirrored(topic), _machine.FailureOf(topic)));

    /// <summary>The federation's image has been swapped.</summary>
    public void OnImageChanged() => _loop.Post(new MirrorInput.ImageChanged(_options.View.Image));

    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _copies.DisposeAsync().ConfigureAwait(false);
        lock (_streamGate)
        {
            _isDisposed = true;
            _stream?.Dispose();
            _channel?.Dispose();
        }
    }

    private void Perform(MirrorEffect effect)
    {
        switch (effect)
        {
            case MirrorEffect.Append append:
                _ = _copies.AppendAsync(append);
                break;
            case MirrorEffect.Release release:
                release.Payload.Dispose();
                break;
            case MirrorEffect.SendCredits credits:
                _stream?.Send(new() { Credits = new() { Bytes = (ulong)credits.Bytes } });
                break;
            case MirrorEffect.SendAck ack:
                var ends = new Ack();
                ends.Ends.AddRange(ack.Ends.Select(e => new Ack.Types.End { Handle = e.Handle, Partition = (uint)e.Partition, Offset = e.Offset }));
                _stream?.Send(new() { Ack = ends });
                break;
            case MirrorEffect.SendFollow follow:
                _stream?.Send(new() { Follow = new() { Handle = follow.Handle, Name = follow.Topic, FencingEpoch = follow.FencingEpoch } });
                break;
            case MirrorEffect.SendUnfollow unfollow:
                _stream?.Send(new() { Unfollow = new() { Handle = unfollow.Handle } });
                break;
            case MirrorEffect.SendResume resume:
                var positions = new Resume { Handle = resume.Handle };
                positions.Positions.AddRange(
                    resume.Positions.Select(p => new Resume.Types.Position { Partition = (uint)p.Partition, Offset = p.Offset, Session = p.Session }));
                _stream?.Send(new() { Resume = positions });
                break;
            case MirrorEffect.SendPause pause:
                var partitions = new Pause { Handle = pause.Handle };
                partitions.Partitions.AddRange(pause.Partitions.Select(p => (uint)p));
                _stream?.Send(new() { Pause = partitions });
                break;
            case MirrorEffect.OpenCopy open:
                _ = _copies.OpenAsync(open);
                break;
            case MirrorEffect.OpenStream open:
                // Whoever ends the loop may come between, and would not see a stream that is only being made.
                lock (_streamGate)
                {
                    if (!_isDisposed)
                    {
                        OpenStream(open.Stream);
                    }
                }

                break;
            case MirrorEffect.CloseStream:
                _stream?.Dispose();
                _stream = null;
                break;
            case MirrorEffect.Log log:
                _options.Logger.Log(log.IsTrouble ? LogLevel.Warning : LogLevel.Information, "{Text}", log.Text);
                break;
        }
    }

    private void OpenStream(int number)
    {
        _stream?.Dispose();
        _stream = null;
        if (_options.LinkOf(Source) is not { } uri)
        {
            _loop.Post(new MirrorInput.StreamLost(number, $"where region {Source} has its link is not known"));
            return;
        }

        if (_channel is null || _channelUri != uri)
        {
            _channel?.Dispose();
            _channelUri = uri;
            _channel = GrpcChannel.ForAddress(uri, new GrpcChannelOptions
            {
                MaxReceiveMessageSize = Limits.MaxLinkMessageBytes + MessageOverheadBytes,
                DisposeHttpClient = true,
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectTimeout = _options.Settings.ConnectLimit,
                    EnableMultipleHttp2Connections = true,
                    InitialHttp2StreamWindowSize = 8 * 1024 * 1024,
                    KeepAlivePingDelay = PingDelay,
                    KeepAlivePingTimeout = PingDelay,
                    UseProxy = false,
                },
            });
        }

        _stream = LinkStream.Start(number, _channel.CreateCallInvoker(), _options.Region, Source, _options.Clock.WallMs, _loop.Post);
    }

    private static void Drop(MirrorInput input)
    {
        if (input is MirrorInput.BatchesPushed push)
        {
            push.Payload.Dispose();
        }
    }

    private void Fail(Exception e)
    {
        _options.Logger.LogError(e, "the link from {Source} to {Region} failed and is made anew", Source, _options.Region);
        _failed(this);
    }
}
