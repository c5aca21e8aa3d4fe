using System.Globalization;
using Kernel.Ids;

namespace Federation.Gateway.Http;

/// <summary>Counts what a front door does. Written from any thread, read by whoever scrapes.</summary>
internal sealed class FrontDoorMetrics
{
    private const int Classes = 6;
    private readonly long[] _registry = new long[Classes];
    private readonly long[] _control = new long[Classes];
    private long _registryUnavailable;
    private long _controlUnavailable;
    private long _stoodIn;
    private long _triedAgain;
    private long _probeRounds;

    public void Answered(bool isRegistry, int status) =>
        Interlocked.Increment(ref (isRegistry ? _registry : _control)[Math.Clamp(status / 100, 0, Classes - 1)]);

    /// <summary>Nothing behind the door could take the request.</summary>
    public void Unavailable(bool isRegistry)
    {
        if (isRegistry)
        {
            Interlocked.Increment(ref _registryUnavailable);
        }
        else
        {
            Interlocked.Increment(ref _controlUnavailable);
        }
    }

    /// <summary>Another region's registry answered.</summary>
    public void StoodIn() => Interlocked.Increment(ref _stoodIn);

    /// <summary>A request was sent on to the next registry after one had failed.</summary>
    public void TriedAgain() => Interlocked.Increment(ref _triedAgain);

    /// <summary>Every registry was asked how it is, and what they said counts.</summary>
    public void Probed() => Interlocked.Increment(ref _probeRounds);

    /// <param name="registries">The registries of the region table, and whether requests may go to them.</param>
    public void Write(TextWriter writer, string labels, IReadOnlyList<(RegionId Region, bool IsHealthy)> registries)
    {
        void Head(string name, string type, string help) => writer.Write($"# HELP {name} {help}\n# TYPE {name} {type}\n");

        void Value(string name, string more, long value)
        {
            var all = string.Join(',', new[] { labels, more }.Where(l => l.Length > 0));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{(all.Length == 0 ? "" : $"{{{all}}}")} {value}\n"));
        }

        Head("federation_frontdoor_requests_total", "counter", "HTTP requests by the service that was asked for and class of status.");
        for (var i = 1; i < Classes; i++)
        {
            Value("federation_frontdoor_requests_total", $"route=\"{RegionRoutes.Control}\",status=\"{i}xx\"", Interlocked.Read(ref _control[i]));
            Value("federation_frontdoor_requests_total", $"route=\"{RegionRoutes.Registry}\",status=\"{i}xx\"", Interlocked.Read(ref _registry[i]));
        }

        Head("federation_frontdoor_unavailable_total", "counter", "Requests that nothing behind the door could take.");
        Value("federation_frontdoor_unavailable_total", $"route=\"{RegionRoutes.Control}\"", Interlocked.Read(ref _controlUnavailable));
        Value("federation_frontdoor_unavailable_total", $"route=\"{RegionRoutes.Registry}\"", Interlocked.Read(ref _registryUnavailable));
        Head("federation_frontdoor_failovers_total", "counter", "Requests that another region's schema registry answered.");
        Value("federation_frontdoor_failovers_total", "", Interlocked.Read(ref _stoodIn));
        Head("federation_frontdoor_retries_total", "counter", "Requests sent on to the next schema registry after one had failed.");
        Value("federation_frontdoor_retries_total", "", Interlocked.Read(ref _triedAgain));
        Head("federation_frontdoor_probe_rounds_total", "counter", "Rounds in which every schema registry was asked how it is.");
        Value("federation_frontdoor_probe_rounds_total", "", Interlocked.Read(ref _probeRounds));
        Head("federation_frontdoor_registry_healthy", "gauge", "1 when requests may go to that region's schema registry.");
        foreach (var (region, isHealthy) in registries)
        {
            Value("federation_frontdoor_registry_healthy", $"registry=\"{region}\"", isHealthy ? 1 : 0);
        }
    }
}
