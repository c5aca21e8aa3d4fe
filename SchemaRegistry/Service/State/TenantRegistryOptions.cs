using Hosting;
using Microsoft.Extensions.Logging;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.State;

/// <summary>What all tenants of a node share.</summary>
public sealed record TenantRegistryOptions
{
    public required Func<SchemaType, ISchemaLanguage> Languages { get; init; }
    public required RegistrySettings Settings { get; init; }
    public required Clock Clock { get; init; }
    public required ILogger Logger { get; init; }

    /// <summary>Null: the log is replayed at each start.</summary>
    public SnapshotFile? Snapshot { get; init; }

    /// <summary>Where the log is written now, from any thread. Must not throw.</summary>
    public Func<WriteHome> Home { get; init; } = static () => WriteHome.Here;

    /// <summary>kafkastore.timeout.ms: after it a write is answered with 50002. It may still happen.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
