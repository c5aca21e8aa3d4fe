using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Federation.Control;
using Federation.Control.Http;
using Federation.Control.Ledger;
using Federation.Core.Homes;
using Federation.Gateway;
using Federation.Gateway.Http;
using Hosting;
using Hosting.Durability;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Standalone;

/// <summary>The federation cannot start. The message is for people.</summary>
public sealed class FederationStartException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>An option asks for what cannot be, so that trying again is no use.</summary>
    public bool IsWrongOption { get; init; }
}

/// <summary>
/// N regions in one process: the ledger, then each region's hosts, then control and HTTP front doors, which say ready only when all of it
/// serves, then the schema registries behind the doors. It composes hosts and decides nothing. Dispose closes the doors, then stops
/// everything else in the opposite order.
/// </summary>
public sealed class FederationHost : IAsyncDisposable
{
    private const int SecretBytes = 32;
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<RegionHost> _regions = [];
    private readonly FrontDoor?[] _doors;
    private readonly UpOptions _options;
    private TimeSpan _startTime;
    private volatile bool _isReady;

    private FederationHost(UpOptions options)
    {
        _options = options;
        _doors = new FrontDoor?[options.Regions.Count];
    }

    /// <summary>Returns when every region serves. Throws <see cref="FederationStartException"/> or <see cref="Broker.Node.BrokerStartException"/>.</summary>
    public static async Task<FederationHost> StartAsync(UpOptions options, ILoggerFactory loggers, CancellationToken cancel)
    {
        var clock = Clock.System;
        var since = clock.Monotonic;
        var host = new FederationHost(options);
        try
        {
            await host.StartPartsAsync(loggers, clock, cancel).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            if (e is SocketException or IOException or InvalidDataException or UnauthorizedAccessException or GatewayStartException)
            {
                throw new FederationStartException(e.Message, e);
            }

            throw;
        }

        host._startTime = clock.Monotonic - since;
        host._isReady = true;
        return host;
    }

    /// <summary>A table of the endpoints, and what to try first.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine($"{"REGION",-12}{"KAFKA (tenant demo)",-24}{"BROKER",-20}{"HTTP",-24}{"SCHEMA REGISTRY",-24}");
        for (var i = 0; i < _options.Regions.Count; i++)
        {
            var ports = new Ports(i, _options.PortOffset);
            text.AppendLine($"{_options.Regions[i].Name,-12}{$"127.0.0.1:{ports.Kafka}",-24}{$"127.0.0.1:{ports.Broker}",-20}{$"http://127.0.0.1:{ports.Http}",-24}{$"http://127.0.0.1:{ports.Registry}",-24}");
        }

        text.Append($"ready in {_startTime.TotalSeconds:F1} s; data in {_options.DataFolder}; flush {_options.Flush.ToString().ToLowerInvariant()}; Ctrl+C stops");
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _isReady = false;

        // Together: each waits some seconds for requests under way.
        await Task.WhenAll(_doors.OfType<FrontDoor>().Select(static door => door.DisposeAsync().AsTask())).ConfigureAwait(false);

        Array.Clear(_doors);
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync().ConfigureAwait(false);
        }

        _parts.Clear();
    }

    private async Task StartPartsAsync(ILoggerFactory loggers, Clock clock, CancellationToken cancel)
    {
        var lockFile = FolderLock.Take(_options.DataFolder);
        _parts.Add(new Disposing(lockFile));
        PortCheck.Run(_options);
        var tenants = Registries.Tenants(_options, clock, loggers);
        if (tenants is IDisposable watched)
        {
            _parts.Add(new Disposing(watched));
        }

        var store = ControlStore.Open(Path.Combine(_options.DataFolder, "control"), clock);
        _parts.Add(new Disposing(store));
        var secret = ReadOrMakeSecret();
        var slots = _options.Regions.Select(region => Join(store, region)).ToList();

        var starting = _options.Regions.Select((region, i) => RegionHost.StartAsync(
            new RegionSetup(region, slots[i], new Ports(i, _options.PortOffset), _options, store, secret, LinkOf), loggers, clock, cancel)).ToList();
        try
        {
            await Task.WhenAll(starting).ConfigureAwait(false);
        }
        finally
        {
            foreach (var region in starting.Where(s => s.IsCompletedSuccessfully).Select(s => s.Result))
            {
                _regions.Add(region);
                _parts.Add(region);
            }
        }

        var control = new ControlNode(
            new ControlOptions
            {
                Regions = [.. _options.Regions.Select((region, i) => Describe(region, new Ports(i, _options.PortOffset)))],
                Mirrors = new MirrorsView(_regions),
                Clock = clock,
                Logger = loggers.CreateLogger("control"),
            },
            store);
        _parts.Add(control);
        var directory = new RegionDirectory(_options, [.. tenants.Names.Select(name => new TenantId(name))], store);
        _parts.Add(new Disposing(directory));

        // Kafka clients are the development tenant's, whoever has a registry.
        bool IsTenant(string name) => name == TenantId.Development.Name || tenants.Names.Contains(name);

        for (var i = 0; i < _regions.Count; i++)
        {
            await StartHttpAsync(i, control, directory, IsTenant, loggers, cancel).ConfigureAwait(false);
        }

        var (registries, withTopic) = await Registries.StartAsync(_options, tenants, _regions, control, loggers, clock, cancel).ConfigureAwait(false);
        _parts.AddRange(registries);
        if (Registries.Follow(tenants, withTopic, _regions, control, loggers, clock) is { } follow)
        {
            _parts.Add(follow);
        }

        await Task.WhenAll(registries.Select(registry => Registries.CaughtUpAsync(registry, withTopic))).WaitAsync(cancel).ConfigureAwait(false);

        // Nobody who waited for ready must meet a door that still believes the registries to be starting.
        await Task.WhenAll(_doors.Select(door => door!.ProbeAsync(cancel))).ConfigureAwait(false);
    }

    /// <summary>A region's control API, and the front door before it.</summary>
    private async Task StartHttpAsync(
        int number, ControlNode control, RegionDirectory directory, Func<string, bool> isTenant, ILoggerFactory loggers, CancellationToken cancel)
    {
        var region = _regions[number];
        _parts.Add(await RegionHttp.StartAsync(
            new RegionHttpOptions
            {
                Region = region.Region,
                Bind = new(IPAddress.Loopback, region.Ports.Control),
                Control = control,
                IsTenant = isTenant,
                WriteMetrics = writer =>
                {
                    region.WriteMetrics(writer);
                    _doors[number]?.WriteMetrics(writer, $"region=\"{region.Region}\"");
                    RuntimeMetrics.Write(writer);
                },
                IsReady = () => _isReady && region.IsReady,
                Loggers = loggers,
            },
            cancel).ConfigureAwait(false));
        _doors[number] = await FrontDoor.StartAsync(
            new FrontDoorOptions { Region = region.Region, Bind = new(IPAddress.Loopback, region.Ports.Http), Regions = directory, Loggers = loggers },
            cancel).ConfigureAwait(false);
    }

    private Uri? LinkOf(Kernel.Ids.RegionId region)
    {
        for (var i = 0; i < _options.Regions.Count; i++)
        {
            if (_options.Regions[i] == region)
            {
                return new Uri($"http://127.0.0.1:{new Ports(i, _options.PortOffset).Link}");
            }
        }

        return null;
    }

    private static ControlRegion Describe(Kernel.Ids.RegionId region, Ports ports) =>
        new(region, "127.0.0.1", ports.Broker, $"127.0.0.1:{ports.Kafka}", $"http://127.0.0.1:{ports.Http}");

    private static int Join(ControlStore store, Kernel.Ids.RegionId region)
    {
        var reply = store.Execute(new FederationCommand.JoinRegion(region));
        return reply.Error == FederationError.None ? reply.Slot : throw new FederationStartException(reply.Message!);
    }

    /// <summary>The federation's secret: every gateway encrypts topic ids with it, so it must outlive them all.</summary>
    private byte[] ReadOrMakeSecret()
    {
        var path = Path.Combine(_options.DataFolder, "control", "secret");
        if (File.Exists(path))
        {
            var secret = File.ReadAllBytes(path);
            return secret.Length == SecretBytes ? secret : throw new FederationStartException($"{path} has {secret.Length} bytes, not {SecretBytes}: restore it, or tenants' topic ids change");
        }

        var made = RandomNumberGenerator.GetBytes(SecretBytes);
        Disk.ReplaceFile(path, made);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return made;
    }

    private sealed class Disposing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return default;
        }
    }
}
