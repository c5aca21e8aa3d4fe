using Federation.Core.Homes;
using Hosting;
using Hosting.Durability;

namespace Federation.Control.Ledger;

/// <summary>
/// Owns the federation's ledger and its log: one command after the other is decided, written, applied and published; then answered. The
/// view is what gateways, links and pages read.
/// </summary>
public sealed class ControlStore : IFederationView, IDisposable
{
    private readonly FederationLedger _ledger = new();
    private readonly Lock _gate = new();
    private readonly ControlLog _log;
    private readonly Clock _clock;
    private volatile FederationImage _image;

    private ControlStore(string path, Clock clock)
    {
        _clock = clock;
        _log = ControlLog.Open(path, entry => _ledger.Apply(ControlEntry.Decode(entry.Span)));
        _image = _ledger.Image;
    }

    public FederationImage Image => _image;

    public event Action? Changed;

    /// <summary>Opens the ledger in a folder, which is made when it is missing. Throws <see cref="InvalidDataException"/> when its log is damaged.</summary>
    public static ControlStore Open(string folder, Clock clock)
    {
        Disk.CreateDirectory(folder);
        return new ControlStore(Path.Combine(Path.GetFullPath(folder), "federation.log"), clock);
    }

    /// <summary>Decides a command; what it changes is on disk and published when this returns. Throws <see cref="IOException"/> when the disk fails.</summary>
    public FederationReply Execute(FederationCommand command)
    {
        FederationReply reply;
        lock (_gate)
        {
            var decision = _ledger.Decide(command, _clock.Now);
            reply = decision.Reply;
            if (decision.Records.Count == 0)
            {
                return reply;
            }

            _log.Append([.. decision.Records.Select(ControlEntry.Encode)]);
            foreach (var record in decision.Records)
            {
                _ledger.Apply(record);
            }

            _image = _ledger.Image;
        }

        Changed?.Invoke();
        return reply;
    }

    /// <summary>What <see cref="Execute"/> would answer now. Changes nothing.</summary>
    public FederationReply WouldDecide(FederationCommand command)
    {
        lock (_gate)
        {
            return _ledger.Decide(command, _clock.Now).Reply;
        }
    }

    public void Dispose() => _log.Dispose();
}
