using System.Globalization;
using Kernel;
using Kernel.Machines;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>Registers a schema, in the order of Confluent's steps: each of them can be what a client sees first.</summary>
internal sealed class Registration(RegistryImage image, SchemaParser parser, RegistrySettings settings, Now now)
{
    public Decision<RegistryRecord, RegistryReply> Decide(RegisterSchema command)
    {
        if (RuleSetRules.Problem(command.Schema.Rules) is { } problem)
        {
            throw new RegistryException(RegistryError.InvalidRuleSet(problem));
        }

        var name = image.ResolveToWrite(command.Subject);
        var config = image.EffectiveConfig(name, settings.DefaultLevel);
        var normalize = command.Normalize || config.Normalize == true;
        var request = SchemaLookup.WithText(image, name, command.Schema);
        if (SchemaLookup.Existing(image, parser, name, request, normalize) is { } existing)
        {
            return new([], new RegistryReply.Registered(existing));
        }

        var isImport = CheckMode(name, request);
        return isImport ? Import(name, request, normalize) : Register(name, request, normalize, command.Force, config);
    }

    private bool CheckMode(SubjectName name, SchemaRequest request)
    {
        var mode = image.EffectiveMode(name);
        if (mode is RegistryMode.ReadOnly or RegistryMode.ReadOnlyOverride)
        {
            throw new RegistryException(RegistryError.ReadOnly(name));
        }

        if (request.HasId && mode is not (RegistryMode.Import or RegistryMode.Forward))
        {
            throw new RegistryException(RegistryError.NotImport(name));
        }

        if (!request.HasId && mode != RegistryMode.ReadWrite)
        {
            throw new RegistryException(RegistryError.NotReadWrite(name));
        }

        return request.HasId;
    }

    /// <summary>An import may have taken the last number; what came after it would lie over other versions.</summary>
    private static int NextVersion(SubjectImage? subject, SubjectName name) => subject?.HighestVersion is not int.MaxValue
        ? (subject?.HighestVersion ?? 0) + 1
        : throw new RegistryException(RegistryError.StoreFailed($"Subject {name} has no versions left"));

    private Decision<RegistryRecord, RegistryReply> Register(SubjectName name, SchemaRequest request, bool normalize, bool force, RegistryConfig config)
    {
        var subject = image.Subject(name);
        var next = NextVersion(subject, name);
        request = Fill(request, subject?.Latest, config, next);
        if (request.HasVersion && request.Version != next)
        {
            throw new RegistryException(RegistryError.NotNextVersion());
        }

        if (config.ValidateRules == true && RuleExpressions.Problem(request.Rules) is { } fault)
        {
            throw new RegistryException(RegistryError.InvalidRuleSet(fault));
        }

        var rules = new ParseRules(ValidateNew: config.ValidateNewSchemas ?? true);
        var candidate = parser.Parse(image, name.Context, request, normalize, rules, settings.MaxSchemaChars);
        if (!request.HasVersion && SchemaLookup.Find(image, parser, name, candidate, withDeleted: false) is { } same)
        {
            return new([], new RegistryReply.Registered(same));
        }

        if (!force)
        {
            var problems = CompatibilityCheck.Problems(image, parser, candidate, CompatibilityCheck.Earlier(subject, config, candidate.Metadata), config);
            if (problems.Count > 0)
            {
                throw new RegistryException(RegistryError.Incompatible(settings.IncompatibleCode, name.ToString(), problems));
            }
        }

        var context = image.Context(name.Context);
        if (!context.Guids.TryGetValue((candidate.Guid, candidate.Type), out var id))
        {
            id = context.HighestId < int.MaxValue
                ? context.HighestId + 1
                : throw new RegistryException(RegistryError.StoreFailed($"Context {name.Context} has no ids left"));
        }

        return Write(name, candidate, id, next);
    }

    private Decision<RegistryRecord, RegistryReply> Import(SubjectName name, SchemaRequest request, bool normalize)
    {
        var id = request.Id!.Value;
        var candidate = parser.Parse(image, name.Context, request, normalize, ParseRules.Lookup, settings.MaxSchemaChars);
        var subject = image.Subject(name);
        var context = image.Context(name.Context);
        if (id > int.MaxValue - Limits.MinSchemaIdsLeft && id > context.HighestId + 1L)
        {
            throw new RegistryException(RegistryError.IdTooHigh(id, name.Context));
        }

        if (context.Schema(id) is { } holder && (holder.Guid != candidate.Guid || holder.Type != candidate.Type))
        {
            throw new RegistryException(RegistryError.Overwrite(id, name.Context));
        }

        if (!request.HasVersion && SchemaLookup.Find(image, parser, name, candidate, withDeleted: false) is { } same && same.Id != id)
        {
            throw new RegistryException(RegistryError.IdMismatch(same.Id, id));
        }

        var version = request.HasVersion ? request.Version!.Value : NextVersion(subject, name);
        if (subject?.Versions.GetValueOrDefault(version) is { } present
            && (present.Id != id || present.Guid != candidate.Guid || present.Type != candidate.Type))
        {
            throw (present.Guid, present.Type) == (candidate.Guid, candidate.Type)
                ? new RegistryException(RegistryError.IdMismatch(present.Id, id))
                : present.Id == id || present.IsDeleted
                ? new RegistryException(RegistryError.Overwrite(id, name.Context))
                : new RegistryException(RegistryError.VersionTaken(name, version, present.Id, id));
        }

        return Write(name, candidate, id, version);
    }

    /// <summary>Metadata and rules: what settings say first, what the client or the version before says, what settings insist on.</summary>
    private static SchemaRequest Fill(SchemaRequest request, StoredSchema? previous, RegistryConfig config, int next)
    {
        var metadata = SchemaMetadata.Merge(SchemaMetadata.Merge(config.DefaultMetadata, request.Metadata ?? previous?.Metadata), config.OverrideMetadata);
        var rules = RuleSet.Merge(RuleSet.Merge(config.DefaultRules, request.Rules ?? previous?.Rules), config.OverrideRules);
        if (request.Version is not (null or 0) || metadata?.Property(SchemaMetadata.VersionProperty) is not null)
        {
            metadata = (metadata ?? new SchemaMetadata(null, null, null)).With(SchemaMetadata.VersionProperty, next.ToString(CultureInfo.InvariantCulture));
        }

        return request with { Metadata = metadata, Rules = rules };
    }

    private Decision<RegistryRecord, RegistryReply> Write(SubjectName name, Candidate candidate, int id, int version)
    {
        var records = new List<RegistryRecord>();
        if (!name.IsInDefaultContext && !image.Context(name.Context).IsDeclared)
        {
            records.Add(new ContextRecord(name.Context, Exists: true));
        }

        var subject = name.ToString();
        var schema = new StoredSchema(subject, version, id, candidate.Guid, candidate.Type, candidate.References, candidate.Metadata, candidate.Rules,
            candidate.Text, isDeleted: false, now.WallMs);
        records.Add(new SchemaRecord(subject, version, schema));

        // Registered again: the deleted version with the same id has no purpose left, unless somebody refers to it.
        foreach (var old in image.Subject(name)?.Versions.Values ?? [])
        {
            if (old.IsDeleted && old.Id == id && old.Version != version && !image.Referrers.ContainsKey(old.Key))
            {
                records.Add(new SchemaRecord(subject, old.Version, null));
            }
        }

        return new(records, new RegistryReply.Registered(schema));
    }
}
