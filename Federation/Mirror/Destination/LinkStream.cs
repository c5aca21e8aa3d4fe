using System.Threading.Channels;
using Federation.Core.Mirroring;
using Google.Protobuf;
using Grpc.Core;
using Kernel.Ids;
using Protocol.Contracts.Link;
using Protocol.Wire;

namespace Federation.Mirror.Destination;

/// <summary>The destination side of one gRPC stream: greets, turns what comes into inputs, writes what the machine sends. Once ended it stays ended.</summary>
internal sealed class LinkStream : IDisposable
{
    private static readonly Method<FromDestination, SourceMessage> Method = new(
        MethodType.DuplexStreaming,
        "federation.link.v1.Link",
        "Follow",
        Marshallers.Create(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            static context => FromDestination.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create(
            static (SourceMessage _, SerializationContext _) => throw new NotSupportedException("the destination sends no such message"),
            static context => SourceMessage.Read(context.PayloadAsReadOnlySequence())));

    private readonly int _number;
    private readonly Action<MirrorInput> _post;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<FromDestination> _outgoing = Channel.CreateUnbounded<FromDestination>(new() { SingleReader = true });

    private LinkStream(int number, Action<MirrorInput> post)
    {
        _number = number;
        _post = post;
    }

    /// <summary>
    /// Makes a stream. Everything that happens to it arrives as inputs with its number, beginning with StreamOpened or StreamLost and ending with
    /// StreamLost, except after <see cref="Dispose"/>.
    /// </summary>
    public static LinkStream Start(int number, CallInvoker invoker, RegionId region, RegionId source, long clockMs, Action<MirrorInput> post)
    {
        var stream = new LinkStream(number, post);
        var hello = new Hello { Version = Source.LinkService.Version, SourceRegion = source.Name, DestinationRegion = region.Name, ClockMs = clockMs };
        _ = Task.Run(() => stream.RunAsync(invoker, hello));
        return stream;
    }

    /// <summary>Puts a message in line.</summary>
    public void Send(FromDestination message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Ends it without a word.</summary>
    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _end.Cancel();
    }

    private async Task RunAsync(CallInvoker invoker, Hello hello)
    {
        string reason;
        try
        {
            using var call = invoker.AsyncDuplexStreamingCall(Method, null, new CallOptions(cancellationToken: _end.Token));
            await call.RequestStream.WriteAsync(new() { Hello = hello }, _end.Token).ConfigureAwait(false);
            if (!await call.ResponseStream.MoveNext(_end.Token).ConfigureAwait(false) || call.ResponseStream.Current.Other?.Hello is not { } answer)
            {
                throw new InvalidDataException("the source did not greet");
            }

            if (answer.Version is < 1 or > Source.LinkService.Version || answer.SourceRegion != hello.SourceRegion)
            {
                throw new InvalidDataException($"the source is {answer.SourceRegion} and speaks version {answer.Version}");
            }

            _post(new MirrorInput.StreamOpened(_number));
            var writing = WriteAsync(call.RequestStream);
            await ReadAsync(call.ResponseStream).ConfigureAwait(false);
            reason = "the source ended the stream";
            await _end.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            reason = $"{e.StatusCode}: {e.Status.Detail}";
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidProtocolBufferException or OperationCanceledException or InvalidOperationException)
        {
            reason = e.Message;
        }

        await _end.CancelAsync().ConfigureAwait(false);
        _post(new MirrorInput.StreamLost(_number, reason));
    }

    private async Task WriteAsync(IClientStreamWriter<FromDestination> stream)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await stream.WriteAsync(message, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException or IOException or InvalidOperationException)
        {
            // The reader of the stream finds out too, and says so.
            await _end.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<SourceMessage> stream)
    {
        using var assembly = new PushAssembly();
        while (await stream.MoveNext(_end.Token).ConfigureAwait(false))
        {
            var message = stream.Current;
            if (message.Batches is { } batches)
            {
                if (assembly.Take(batches, message.Records) is { } payload)
                {
                    _post(new MirrorInput.BatchesPushed(
                        _number, batches.Handle, (int)batches.Partition, batches.Session, batches.FromOffset, batches.CommittedEnd, batches.LogStart, batches.ClockMs, payload));
                }
            }
            else if (Read(message.Other!) is { } input)
            {
                _post(input);
            }
        }
    }

    private MirrorInput? Read(FromSource message)
    {
        switch (message.BodyCase)
        {
            case FromSource.BodyOneofCase.Heartbeat:
                var ends = message.Heartbeat.Ends.Select(e => new SourceEnd(e.Handle, (int)e.Partition, e.CommittedEnd, e.LogStart));
                return new MirrorInput.HeartbeatReceived(_number, message.Heartbeat.ClockMs, [.. ends]);
            case FromSource.BodyOneofCase.Topic:
                var topic = message.Topic;
                if (topic.TopicId.Length != 16)
                {
                    throw new InvalidDataException("a topic id has 16 bytes");
                }

                return new MirrorInput.TopicDescribed(
                    _number, topic.Handle, new Guid(topic.TopicId.Span, bigEndian: true), (int)Math.Min(topic.PartitionCount, int.MaxValue),
                    System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, topic.Configs));
            case FromSource.BodyOneofCase.Error:
                var error = message.Error;
                return new MirrorInput.SourceRefused(_number, error.Handle, error.Partition, (ErrorCode)(short)error.Code, error.Text);
            default:
                // A later version's message, which it may send only where leaving it out does no harm.
                return null;
        }
    }
}
