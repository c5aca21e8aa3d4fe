using Broker.Core.Configs;

namespace Broker.Node.Listening;

/// <summary>What every listener of a broker allows its connections, as the operator's settings say.</summary>
/// <param name="MaxFrameBytes">socket.request.max.bytes.</param>
/// <param name="MaxConnections">max.connections.</param>
/// <param name="MaxIdle">connections.max.idle.ms; negative: any silence.</param>
internal sealed record ListenerLimits(int MaxFrameBytes, int MaxConnections, TimeSpan MaxIdle)
{
    public static ListenerLimits Of(BrokerConfigView settings) => new(
        settings.Int("socket.request.max.bytes"),
        settings.Int("max.connections"),
        settings.Milliseconds("connections.max.idle.ms"));
}
