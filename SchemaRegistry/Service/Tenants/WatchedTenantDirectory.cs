using Hosting;
using Microsoft.Extensions.Logging;

namespace SchemaRegistry.Service.Tenants;

/// <summary>
/// A tenants' file that is read again when it changed, so that a token that is taken out stops to count within <see cref="Interval"/>. A file that
/// became unreadable leaves what it said before, and an error in the log. Thread-safe; requests never wait for the file.
/// </summary>
public sealed partial class WatchedTenantDirectory : ITenantDirectory, IDisposable
{
    /// <summary>How often the file's time and length are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private volatile FileTenantDirectory _current;
    private (DateTime Written, long Length) _seen;

    private WatchedTenantDirectory(string path, Clock clock, ILogger logger)
    {
        _path = path;
        _logger = logger;
        _seen = Look();
        _current = FileTenantDirectory.Load(path);
        _timer = clock.Provider.CreateTimer(static state => ((WatchedTenantDirectory)state!).Refresh(), this, Interval, Interval);
    }

    /// <summary>The file was read again. Called on the thread that read it; handlers must not wait or throw.</summary>
    public event Action? Changed;

    /// <inheritdoc />
    public IReadOnlyCollection<string> Names => _current.Names;

    /// <summary>Reads the file. Throws <see cref="InvalidDataException"/> saying what is wrong, or <see cref="IOException"/>.</summary>
    public static WatchedTenantDirectory Open(string path, Clock clock, ILogger logger) => new(path, clock, logger);

    /// <inheritdoc />
    public TenantAnswer Find(TenantQuestion question) => _current.Find(question);

    public void Dispose() => _timer.Dispose();

    private void Refresh()
    {
        lock (_reading)
        {
            try
            {
                var now = Look();
                if (now == _seen)
                {
                    return;
                }

                _seen = now;
                _current = FileTenantDirectory.Load(_path);
                LogRead(_logger, _path, _current.Names.Count);
                Changed?.Invoke();
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                LogBad(_logger, _path, failure.Message);
            }
        }
    }

    private (DateTime Written, long Length) Look()
    {
        var file = new FileInfo(_path);
        return (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
    }

    [LoggerMessage(1, LogLevel.Information, "{File} was read again: {Tenants} tenants")]
    private static partial void LogRead(ILogger logger, string file, int tenants);

    [LoggerMessage(2, LogLevel.Error, "{File} cannot be read, so what it said before still holds: {Reason}")]
    private static partial void LogBad(ILogger logger, string file, string reason);
}
