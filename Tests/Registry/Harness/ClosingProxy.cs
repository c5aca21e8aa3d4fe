using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Protocol.Wire;

namespace Tests.Registry.Harness;

/// <summary>
/// Stands before a broker, which has to advertise the proxy's port, and does to the connections that records are written through what brokers and networks
/// do to idle ones. Used by one test at a time.
/// </summary>
internal sealed class ClosingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _pumps = [];
    private Writer? _writer;
    private TaskCompletionSource? _swallowed;
    private Task? _accepting;

    /// <param name="Client">The side of whoever writes.</param>
    /// <param name="Left">Completed when that has closed its end.</param>
    private sealed record Writer(Socket Client, TaskCompletionSource Left);

    public ClosingProxy() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start(int brokerPort) => _accepting = AcceptAsync(brokerPort);

    /// <summary>Ends the last connection that wrote, and waits until the other side has left it.</summary>
    public async Task CloseWriterAsync()
    {
        var writer = _writer!;
        writer.Client.Shutdown(SocketShutdown.Send);
        await writer.Left.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The next write goes nowhere, and its connection stays as it is. Completed when the write has come.</summary>
    public Task SwallowNextWrite()
    {
        _swallowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _swallowed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await (_accepting ?? Task.CompletedTask);
        await Task.WhenAll(_pumps);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(int brokerPort)
    {
        try
        {
            while (true)
            {
                _pumps.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token), brokerPort));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client, int brokerPort)
    {
        using var broker = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (client)
        {
            try
            {
                await broker.ConnectAsync(IPAddress.Loopback, brokerPort, _stopping.Token);
                await Task.WhenAny(RequestsAsync(client, broker, left), AnswersAsync(broker, client));
                await left.Task.WaitAsync(_stopping.Token);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                // One side has ended.
            }

            left.TrySetResult();
        }
    }

    private async Task RequestsAsync(Socket client, Socket broker, TaskCompletionSource left)
    {
        try
        {
            await using var requests = new NetworkStream(client);
            var length = new byte[4];
            while (true)
            {
                await requests.ReadExactlyAsync(length, _stopping.Token);
                var request = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await requests.ReadExactlyAsync(request, _stopping.Token);
                if (BinaryPrimitives.ReadInt16BigEndian(request) == (short)ApiKey.Produce)
                {
                    _writer = new Writer(client, left);
                    if (Interlocked.Exchange(ref _swallowed, null) is { } swallowed)
                    {
                        swallowed.SetResult();
                        continue;
                    }
                }

                await broker.SendAsync(length, _stopping.Token);
                await broker.SendAsync(request, _stopping.Token);
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            left.TrySetResult();
        }
    }

    private async Task AnswersAsync(Socket broker, Socket client)
    {
        try
        {
            var bytes = new byte[64 * 1024];
            int count;
            while ((count = await broker.ReceiveAsync(bytes, _stopping.Token)) > 0)
            {
                await client.SendAsync(bytes.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // One side has ended.
        }
    }
}
