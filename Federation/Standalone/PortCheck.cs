using System.Net;
using System.Net.Sockets;

namespace Federation.Standalone;

/// <summary>
/// Looks whether all ports are free before anything is started, because the parts that open them know neither their region's name nor the option
/// that shifts them. Something else may still take one in between: then the part says so in its own words.
/// </summary>
internal static class PortCheck
{
    /// <summary>Throws <see cref="FederationStartException"/> for the first that is not.</summary>
    public static void Run(UpOptions options)
    {
        for (var i = 0; i < options.Regions.Count; i++)
        {
            foreach (var (port, use) in new Ports(i, options.PortOffset).All)
            {
                try
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port);
                    listener.Start();
                }
                catch (SocketException e)
                {
                    var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is taken" : $"cannot be opened ({e.Message})";
                    throw new FederationStartException(
                        $"region {options.Regions[i]}: port {port} for {use} {why}; stop what listens there, or shift all ports with --port-offset", e);
                }
            }
        }
    }
}
