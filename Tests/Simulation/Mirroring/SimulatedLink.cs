using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;
using Kernel.Machines;

namespace Tests.Simulation.Mirroring;

/// <summary>
/// Both sides of one link in a simulated world: the real machines, streams that keep the order and break at any moment, processes that die.
/// </summary>
internal sealed class SimulatedLink
{
    public static readonly RegionId Eu = new("eu");
    public static readonly RegionId Us = new("us");

    private readonly Prng _prng;
    private SimulatedReactor<MirrorInput, MirrorEffect> _reactor = null!;
    private readonly HashSet<BatchPayload> _atDestination = [];
    private Stream? _stream;

    public SimulatedLink(ulong seed, MirrorSettings? settings = null)
    {
        _prng = new(seed);
        Settings = settings ?? new MirrorSettings { WindowBytes = 20_000, MaxAppendBytes = 6000, MaxFetchBytes = 8000, FailedRetry = TimeSpan.FromSeconds(3) };
        Cluster = new(Time, new(_prng.NextBits()));
        Copies = new(Time, new(_prng.NextBits()), (topic, partition) => Cluster.Topics[topic].Logs[partition]);
        RestartDestination();
    }

    private sealed class Stream
    {
        public required int Number { get; init; }
        public bool IsBroken { get; set; }
        public long ToSourceAt { get; set; }
        public long ToDestinationAt { get; set; }
        public SimulatedReactor<SourceInput, SourceEffect>? Source { get; set; }
        public SourceMachine? Machine { get; set; }
        public Dictionary<int, SimulatedFetchSession> Sessions { get; } = [];
    }

    public SimulatedTime Time { get; } = new();
    public MirrorSettings Settings { get; }
    public SimulatedSourceCluster Cluster { get; }
    public SimulatedCopyBroker Copies { get; }
    public FederationImage Image { get; private set; } = FederationImage.Empty;
    public MirrorMachine Machine { get; private set; } = null!;
    public SourceMachine? SourceMachine => _stream?.Machine;
    public List<string> Log { get; } = [];

    /// <summary>Payloads that nobody has released yet, and their bytes.</summary>
    public int LivePayloads { get; private set; }
    public long LiveBytes { get; private set; }
    public long MostLiveBytes { get; private set; }

    /// <summary>Streams cannot be made while true.</summary>
    public bool IsPartitioned { get; set; }

    public TimeSpan OneWay { get; set; } = TimeSpan.FromMilliseconds(2);

    public void Declare(FederatedTopic topic) => Swap(Image with { Topics = Image.Topics.SetItem(topic.ClusterName, topic) });

    public void Forget(string topic) => Swap(Image with { Topics = Image.Topics.Remove(topic) });

    /// <summary>The destination's process is killed and starts anew; its calls to the broker run on.</summary>
    public void RestartDestination()
    {
        if (_reactor is not null)
        {
            _reactor.IsDead = true;
            foreach (var payload in _atDestination)
            {
                payload.Dispose();
            }

            _atDestination.Clear();
            Break(isNoticed: true);
        }

        Machine = new(Us, Eu, Settings, new(_prng.NextBits()));
        SimulatedReactor<MirrorInput, MirrorEffect> reactor = null!;
        _reactor = reactor = new(Machine, Time, new MirrorInput.DeadlineReached(), e => Perform(e, reactor));
        _reactor.Post(new MirrorInput.ImageChanged(Image));
    }

    /// <summary>The stream breaks, and with it the source's side of it. Unnoticed: the destination hears nothing any more, nor that.</summary>
    public void Break(bool isNoticed)
    {
        if (_stream is not { } stream)
        {
            return;
        }

        _stream = null;
        stream.IsBroken = true;
        if (stream.Source is { } source)
        {
            source.IsDead = true;
        }

        if (isNoticed)
        {
            var reactor = _reactor;
            Time.After(TimeSpan.FromMilliseconds(_prng.Next(20)), () => reactor.Post(new MirrorInput.StreamLost(stream.Number, "reset")));
        }
    }

    private void Swap(FederationImage image)
    {
        Image = image with { Version = Image.Version + 1 };
        // The two regions learn of it at different times.
        Time.After(TimeSpan.FromMilliseconds(_prng.Next(30)), () => _reactor.Post(new MirrorInput.ImageChanged(Image)));
        Time.After(TimeSpan.FromMilliseconds(_prng.Next(30)), () => _stream?.Source?.Post(new SourceInput.ImageChanged(Image)));
    }

    private void Perform(MirrorEffect effect, SimulatedReactor<MirrorInput, MirrorEffect> reactor)
    {
        switch (effect)
        {
            case MirrorEffect.OpenStream open:
                Open(open.Stream, reactor);
                break;
            case MirrorEffect.CloseStream:
                Break(isNoticed: false);
                break;
            case MirrorEffect.SendFollow e:
                ToSource(new SourceInput.FollowAsked(e.Handle, e.Topic, e.FencingEpoch));
                break;
            case MirrorEffect.SendUnfollow e:
                ToSource(new SourceInput.UnfollowAsked(e.Handle));
                break;
            case MirrorEffect.SendResume e:
                ToSource(new SourceInput.ResumeAsked(e.Handle, e.Positions));
                break;
            case MirrorEffect.SendPause e:
                ToSource(new SourceInput.PauseAsked(e.Handle, e.Partitions));
                break;
            case MirrorEffect.SendCredits e:
                ToSource(new SourceInput.CreditsGranted(e.Bytes));
                break;
            case MirrorEffect.SendAck e:
                ToSource(new SourceInput.EndsAcked(e.Ends));
                break;
            case MirrorEffect.OpenCopy e:
                Copies.Open(e, reactor.Post);
                break;
            case MirrorEffect.Append e:
                _atDestination.ExceptWith(e.Payloads);
                Copies.Append(e, reactor.Post);
                break;
            case MirrorEffect.Release e:
                _atDestination.Remove(e.Payload);
                e.Payload.Dispose();
                break;
            case MirrorEffect.Log e:
                Log.Add(e.Text);
                break;
        }
    }

    private void Open(int number, SimulatedReactor<MirrorInput, MirrorEffect> reactor)
    {
        var stream = _stream = new Stream { Number = number };
        if (IsPartitioned)
        {
            Break(isNoticed: true);
            return;
        }

        Time.After(OneWay, () =>
        {
            if (stream.IsBroken)
            {
                return;
            }

            stream.Machine = new(Eu, Us, Settings, new(_prng.NextBits()), Image);
            stream.Source = new(stream.Machine, Time, new SourceInput.DeadlineReached(), e => Perform(e, stream));
            ToDestination(stream, () => reactor.Post(new MirrorInput.StreamOpened(number)), lost: null);
            stream.Source.Post(new SourceInput.DeadlineReached());
        });
    }

    private void ToSource(SourceInput input)
    {
        if (_stream is { } stream)
        {
            stream.ToSourceAt = Math.Max(stream.ToSourceAt, Time.Ticks + OneWay.Ticks + _prng.Next(20_000));
            Time.At(new Instant(stream.ToSourceAt), () =>
            {
                if (!stream.IsBroken)
                {
                    stream.Source?.Post(input);
                }
            });
        }
    }

    private void ToDestination(Stream stream, Action deliver, Action? lost)
    {
        stream.ToDestinationAt = Math.Max(stream.ToDestinationAt, Time.Ticks + OneWay.Ticks + _prng.Next(20_000));
        Time.At(new Instant(stream.ToDestinationAt), () => (stream.IsBroken ? lost : deliver)?.Invoke());
    }

    private void Perform(SourceEffect effect, Stream stream)
    {
        var reactor = _reactor;
        switch (effect)
        {
            case SourceEffect.ResolveTopics e:
                Time.After(Cluster.Delay(), () => stream.Source!.Post(
                    _prng.Chance(0.02)
                        ? new SourceInput.TopicsResolved(e.Attempt, null, "connection lost")
                        : new SourceInput.TopicsResolved(e.Attempt, [.. e.Topics.Select(Cluster.Describe)], null)));
                break;
            case SourceEffect.Fetch e:
                if (!stream.Sessions.TryGetValue(e.Broker, out var session))
                {
                    stream.Sessions.Add(e.Broker, session = new(Cluster, Time, new(_prng.NextBits()), e.Broker, Track));
                }

                session.Fetch(e, input =>
                {
                    if (stream.IsBroken && input is SourceInput.Fetched fetched)
                    {
                        fetched.Partitions.ToList().ForEach(p => p.Payload?.Dispose());
                    }

                    stream.Source!.Post(input);
                });
                break;
            case SourceEffect.FindBounds e:
                Time.After(Cluster.Delay(), () => stream.Source!.Post(
                    Cluster.Find(e.TopicId) is { } topic && !Cluster.Down.Contains(e.Broker)
                        ? new SourceInput.BoundsFound(e.TopicId, e.Partition, topic.Logs[e.Partition].Start, topic.Logs[e.Partition].HighWatermark)
                        : new SourceInput.BoundsFound(e.TopicId, e.Partition, -1, -1)));
                break;
            case SourceEffect.SendTopic e:
                ToDestination(stream, () => reactor.Post(new MirrorInput.TopicDescribed(stream.Number, e.Handle, e.TopicId, e.PartitionCount, e.Configs)), null);
                break;
            case SourceEffect.SendBatches e:
                var sourceMs = Time.Now.WallMs;
                ToDestination(
                    stream,
                    () =>
                    {
                        if (reactor.IsDead)
                        {
                            e.Payload.Dispose();
                            return;
                        }

                        _atDestination.Add(e.Payload);
                        reactor.Post(new MirrorInput.BatchesPushed(
                            stream.Number, e.Handle, e.Partition, e.Session, e.FromOffset, e.CommittedEnd, e.LogStart, sourceMs, e.Payload));
                    },
                    e.Payload.Dispose);
                break;
            case SourceEffect.SendHeartbeat e:
                var beatMs = Time.Now.WallMs;
                ToDestination(stream, () => reactor.Post(new MirrorInput.HeartbeatReceived(stream.Number, beatMs, e.Ends)), null);
                break;
            case SourceEffect.SendRefusal e:
                ToDestination(stream, () => reactor.Post(new MirrorInput.SourceRefused(stream.Number, e.Handle, e.Partition, e.Error, e.Text)), null);
                break;
            case SourceEffect.Release e:
                e.Payload.Dispose();
                break;
            case SourceEffect.Log e:
                Log.Add(e.Text);
                break;
        }
    }

    private BatchPayload Track(BatchPayload payload)
    {
        LivePayloads++;
        LiveBytes += payload.Bytes.Length;
        MostLiveBytes = Math.Max(MostLiveBytes, LiveBytes);
        return new(payload.Bytes, payload.Range, new Tracked(this, payload.Bytes.Length));
    }

    private sealed class Tracked(SimulatedLink link, int bytes) : IDisposable
    {
        private bool _isDisposed;

        public void Dispose()
        {
            Assert.False(_isDisposed, "a payload was released twice");
            _isDisposed = true;
            link.LivePayloads--;
            link.LiveBytes -= bytes;
        }
    }
}
