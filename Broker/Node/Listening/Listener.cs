using System.Net;

namespace Broker.Node.Listening;

/// <summary>A port that the node serves. Immutable once it is open.</summary>
/// <param name="Name">Kafka's listener name, for logs and metrics.</param>
/// <param name="Bind">Where to listen; port 0 takes a free one.</param>
/// <param name="AdvertisedHost">What clients of this listener are told to connect to.</param>
/// <param name="AdvertisedPort">What clients of this listener are told to connect to; 0: the port that was bound.</param>
public sealed record Listener(string Name, IPEndPoint Bind, string AdvertisedHost, int AdvertisedPort);
