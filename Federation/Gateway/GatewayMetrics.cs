using System.Globalization;
using Federation.Core.Connections;
using Protocol.Wire;

namespace Federation.Gateway;

/// <summary>Counts what a gateway does. Written from any thread, read by whoever scrapes.</summary>
internal sealed class GatewayMetrics
{
    private readonly long[] _requests = new long[128];
    private long _receivedBytes;
    private long _answeredBytes;
    private long _badRequests;
    private long _foreignNames;
    private long _lostUpstream;
    private long _upstreamConnects;
    private long _upstreamConnectFailures;

    public void Request(ApiKey key, int bytes)
    {
        Interlocked.Increment(ref _requests[(int)key & 127]);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    public void Answered(int bytes) => Interlocked.Add(ref _answeredBytes, bytes);

    /// <summary>A connection was closed for what it sent.</summary>
    public void BadRequest() => Interlocked.Increment(ref _badRequests);

    /// <summary>An answer was not sent because it named what is not the tenant's. Never in a sound cluster: alert on it.</summary>
    public void ForeignName() => Interlocked.Increment(ref _foreignNames);

    /// <summary>A connection was closed because the broker went away with a request unanswered.</summary>
    public void LostUpstream() => Interlocked.Increment(ref _lostUpstream);

    public void UpstreamConnected() => Interlocked.Increment(ref _upstreamConnects);

    public void UpstreamConnectFailed() => Interlocked.Increment(ref _upstreamConnectFailures);

    public void Write(TextWriter writer, string labels, int connections, int brokers, bool ready)
    {
        void Metric(string name, string type, string help, long value)
        {
            writer.Write($"# HELP {name} {help}\n# TYPE {name} {type}\n{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} ");
            writer.Write(value.ToString(CultureInfo.InvariantCulture));
            writer.Write('\n');
        }

        Metric("federation_gateway_ready", "gauge", "1 when the cluster behind the gateway can be reached.", ready ? 1 : 0);
        Metric("federation_gateway_connections", "gauge", "Client connections that are open.", connections);
        Metric("federation_gateway_upstream_brokers", "gauge", "Brokers known behind the gateway.", brokers);
        Metric("federation_gateway_received_bytes_total", "counter", "Bytes of requests from clients.", Interlocked.Read(ref _receivedBytes));
        Metric("federation_gateway_answered_bytes_total", "counter", "Bytes of answers to clients.", Interlocked.Read(ref _answeredBytes));
        Metric("federation_gateway_bad_requests_total", "counter", "Connections closed for what they sent.", Interlocked.Read(ref _badRequests));
        Metric("federation_gateway_foreign_names_total", "counter", "Answers withheld: they named another tenant's resource.", Interlocked.Read(ref _foreignNames));
        Metric("federation_gateway_lost_upstream_total", "counter", "Connections closed: a broker left a request unanswered.", Interlocked.Read(ref _lostUpstream));
        Metric("federation_gateway_upstream_connects_total", "counter", "Connections made to brokers.", Interlocked.Read(ref _upstreamConnects));
        Metric("federation_gateway_upstream_connect_failures_total", "counter", "Connections to brokers that failed.", Interlocked.Read(ref _upstreamConnectFailures));

        writer.Write("# HELP federation_gateway_requests_total Requests from clients.\n# TYPE federation_gateway_requests_total counter\n");
        foreach (var (key, _) in ServedApis.All)
        {
            var count = Interlocked.Read(ref _requests[(int)key]);
            writer.Write($"federation_gateway_requests_total{{{(labels.Length == 0 ? "" : labels + ",")}api=\"{key}\"}} ");
            writer.Write(count.ToString(CultureInfo.InvariantCulture));
            writer.Write('\n');
        }
    }
}
