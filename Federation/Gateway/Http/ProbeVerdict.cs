using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>
/// Decides from the answers of <c>/health</c> which registries take part: one good answer is enough to come in, several failures in a row take
/// one out. A good answer also ends what <see cref="ConnectVerdict"/> held against the registry, for it is newer.
/// </summary>
internal sealed partial class ProbeVerdict(IDestinationHealthUpdater health, FrontDoorMetrics metrics, FrontDoorOptions options) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "registry-probes";

    /// <summary>Failures in a row. Probes of one registry may end at the same time.</summary>
    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _failures = [];

    private readonly ILogger _logger = options.CreateLogger();

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var verdicts = new NewActiveDestinationHealth[probingResults.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            var result = probingResults[i];
            verdicts[i] = new NewActiveDestinationHealth(result.Destination, Judge(result));
            if (verdicts[i].NewActiveHealth == DestinationHealth.Healthy)
            {
                health.SetPassive(cluster, result.Destination, DestinationHealth.Healthy, TimeSpan.Zero);
            }
        }

        health.SetActive(cluster, verdicts);
        metrics.Probed();
    }

    private DestinationHealth Judge(DestinationProbingResult result)
    {
        var before = result.Destination.Health.Active;
        var failures = _failures.GetOrCreateValue(result.Destination);
        if (result.Response is { IsSuccessStatusCode: true })
        {
            Interlocked.Exchange(ref failures.Value, 0);
            if (before != DestinationHealth.Healthy)
            {
                LogWell(_logger, result.Destination.DestinationId);
            }

            return DestinationHealth.Healthy;
        }

        if (Interlocked.Increment(ref failures.Value) < options.ProbeFailures)
        {
            return before;
        }

        if (before != DestinationHealth.Unhealthy)
        {
            var reason = result.Response is { } answer ? $"it answers {(int)answer.StatusCode}" : result.Exception?.Message;
            LogUnwell(_logger, result.Destination.DestinationId, reason);
        }

        return DestinationHealth.Unhealthy;
    }

    [LoggerMessage(10, LogLevel.Information, "the schema registry of {Registry} is well")]
    private static partial void LogWell(ILogger logger, string registry);

    [LoggerMessage(11, LogLevel.Warning, "the schema registry of {Registry} is out: {Reason}")]
    private static partial void LogUnwell(ILogger logger, string registry, string? reason);
}
