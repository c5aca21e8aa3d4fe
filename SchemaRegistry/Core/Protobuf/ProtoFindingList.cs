using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>A place in a schema, written out only when something is found there.</summary>
internal sealed record ProtoPath(ProtoPath? Parent, string Name)
{
    public static readonly ProtoPath Root = new(null, "");

    public ProtoPath Into(string name) => new(this, name);

    public override string ToString()
    {
        var names = new List<string>();
        for (var path = this; path.Parent is not null; path = path.Parent)
        {
            names.Add(path.Name);
        }

        names.Reverse();
        return "#/" + string.Join('/', names);
    }
}

/// <summary>
/// What one comparison found, in order. When the paths have become longer than allowed, only a first incompatible difference is still taken, so
/// that the verdict is right in any case.
/// </summary>
internal sealed class ProtoFindingList
{
    private readonly List<Finding> _findings = [];
    private long _chars;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Incompatible differences so far, those left out too.</summary>
    public int Incompatible { get; private set; }

    public void Add(string type, ProtoPath path)
    {
        var isCompatible = ProtobufFindings.IsCompatible(type);
        if (_chars <= Limits.MaxSchemaProtobufPathChars || (!isCompatible && Incompatible == 0))
        {
            var finding = ProtobufFindings.Of(type, path.ToString());
            _chars += finding.Path.Length;
            _findings.Add(finding);
        }

        Incompatible += isCompatible ? 0 : 1;
    }
}
