using System.Net;
using Federation.Mirror;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Link;

namespace Tests.Unit.Mirroring;

/// <summary>Streams of one destination that follow one another.</summary>
public class LinkTakeoverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Method<FromDestination, FromSource> Follow = new(
        MethodType.DuplexStreaming, "federation.link.v1.Link", "Follow",
        Marshallers.Create(m => m.ToByteArray(), FromDestination.Parser.ParseFrom), Marshallers.Create(m => m.ToByteArray(), FromSource.Parser.ParseFrom));

    /// <summary>The old stream is out of the list and not yet told to end, and ends by itself.</summary>
    [Fact]
    public async Task A_stream_is_taken_over_while_it_ends()
    {
        using var logger = new HeldLogger();
        await using var eu = await MirrorNode.StartAsync(new MirrorOptions
        {
            Region = new("eu"),
            BootstrapHost = "127.0.0.1",
            BootstrapPort = 1,
            LinkBind = new IPEndPoint(IPAddress.Loopback, 0),
            LinkOf = _ => null,
            View = new TestView(),
            Logger = logger,
        });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{eu.LinkEndPoint.Port}");
        using var first = await OpenAsync(channel);
        Assert.True(await first.ResponseStream.MoveNext().WaitAsync(Patience));
        logger.HoldsNext = true;
        using var second = await OpenAsync(channel);
        await logger.Held.Task.WaitAsync(Patience);
        await EndAsync(first);
        logger.Go.Set();
        Assert.True(await second.ResponseStream.MoveNext().WaitAsync(Patience));
        using var third = await OpenAsync(channel);
        Assert.True(await third.ResponseStream.MoveNext().WaitAsync(Patience));
        await EndAsync(third);
    }

    /// <summary>A stream that is greeted.</summary>
    private static async Task<AsyncDuplexStreamingCall<FromDestination, FromSource>> OpenAsync(GrpcChannel channel)
    {
        var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(Follow, null, new CallOptions());
        await call.RequestStream.WriteAsync(new() { Hello = new() { Version = 1, SourceRegion = "eu", DestinationRegion = "us", ClockMs = 1 } });
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Patience));
        return call;
    }

    /// <summary>Returns when the source has nothing of the stream any more.</summary>
    private static async Task EndAsync(AsyncDuplexStreamingCall<FromDestination, FromSource> call)
    {
        await call.RequestStream.CompleteAsync();
        try
        {
            while (await call.ResponseStream.MoveNext().WaitAsync(Patience))
            {
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            // It was told to end.
        }
    }

    /// <summary>Holds up the thread that says that a stream has begun: by then it has taken the old one's place.</summary>
    private sealed class HeldLogger : ILogger, IDisposable
    {
        public volatile bool HoldsNext;

        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Go { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (HoldsNext && formatter(state, exception).Contains("follows topics", StringComparison.Ordinal))
            {
                HoldsNext = false;
                Held.TrySetResult();
                Go.Wait(Patience);
            }
        }

        public void Dispose() => Go.Dispose();
    }
}
