using System.Diagnostics;
using Loadtests.Measure;

namespace Loadtests.Registry;

/// <summary>What a closed loop reached.</summary>
/// <param name="PerSecond">Answers a second over all connections.</param>
/// <param name="Unexpected">Answers with another status than the one wanted.</param>
/// <param name="ServerCpu">What the server's process spent meanwhile.</param>
internal sealed record ClosedLoopResult(double PerSecond, long Answers, long Unexpected, LatencyRecorder Latency, TimeSpan ServerCpu)
{
    public double PerServerCore => Answers / ServerCpu.TotalSeconds;
}

/// <summary>So many connections, each with one request under way, for a time. Each connection has a thread of its own.</summary>
internal static class ClosedLoop
{
    /// <param name="next">The next request of a connection: its number, and how many it has sent. Called on the connection's thread.</param>
    public static ClosedLoopResult Run(int port, int pid, int connections, TimeSpan warmUp, TimeSpan measured, Func<int, int, byte[]> next, int wanted = 200)
    {
        var latency = new LatencyRecorder();
        long answers = 0, unexpected = 0;
        Exception? failure = null;
        var cost = new ProcessCost(pid);
        var start = Stopwatch.GetTimestamp();
        var to = warmUp + measured;
        var threads = Enumerable.Range(0, connections).Select(connection => new Thread(() =>
        {
            try
            {
                using var http = new HttpConnection(port);
                long mine = 0, wrong = 0;
                for (var i = 0; ; i++)
                {
                    var request = next(connection, i);
                    var sent = Stopwatch.GetTimestamp();
                    var (status, _) = http.Ask(request);
                    var now = Stopwatch.GetElapsedTime(start);
                    if (now >= to)
                    {
                        break;
                    }

                    if (now >= warmUp)
                    {
                        mine++;
                        wrong += status == wanted ? 0 : 1;
                        latency.Record(Stopwatch.GetElapsedTime(sent));
                    }
                }

                Interlocked.Add(ref answers, mine);
                Interlocked.Add(ref unexpected, wrong);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                Volatile.Write(ref failure, e);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        Thread.Sleep(warmUp);
        cost.Start();
        Thread.Sleep(measured);
        var spent = cost.Stop().Cpu;
        threads.ForEach(t => t.Join());
        return failure is null ? new(answers / measured.TotalSeconds, answers, unexpected, latency, spent) : throw new IOException("the load ended early", failure);
    }
}
