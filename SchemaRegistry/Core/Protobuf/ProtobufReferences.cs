using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Finds the files that a schema can see: its references and theirs, and what any of them imports from the well-known ones. References form a
/// graph that may join again at each level, so that it is walked by names, not by ways.
/// </summary>
internal static class ProtobufReferences
{
    /// <summary>Adds the names of all files that the file can see.</summary>
    /// <exception cref="ProtoFault">A reference is no schema, or there are more than allowed.</exception>
    public static void Add(ProtoScopes scopes, ProtoFile file, IReadOnlyList<ResolvedReference> references, Func<string, ProtoFile> read)
    {
        var seen = new HashSet<string>();
        var imports = new Queue<string>(Imports(file));
        var open = new Queue<ResolvedReference>(references);
        long chars = 0;
        while (open.TryDequeue(out var reference))
        {
            if (!seen.Add(reference.Name))
            {
                continue;
            }

            chars += reference.Source.Text.Length;
            if (seen.Count > Limits.MaxSchemaProtobufFiles || chars > 4L * Limits.MaxSchemaProtobufChars)
            {
                throw new ProtoFault(
                    $"References are more than {Limits.MaxSchemaProtobufFiles} files or {4L * Limits.MaxSchemaProtobufChars} characters");
            }

            var referenced = ReadReference(reference, read);
            scopes.Add(referenced, new ProtoOrigin(reference.Subject, reference.Version));
            foreach (var import in Imports(referenced))
            {
                imports.Enqueue(import);
            }

            foreach (var next in reference.Source.References)
            {
                open.Enqueue(next);
            }
        }

        WellKnown(scopes, imports, seen);
    }

    private static ProtoFile ReadReference(ResolvedReference reference, Func<string, ProtoFile> read)
    {
        try
        {
            return read(reference.Source.Text);
        }
        catch (ProtoFault e)
        {
            throw new ProtoFault($"Reference {ProtoReader.Excerpt(reference.Name)}: {e.Message}");
        }
    }

    private static void WellKnown(ProtoScopes scopes, Queue<string> imports, HashSet<string> seen)
    {
        while (imports.TryDequeue(out var import))
        {
            if (WellKnownFiles.Find(import) is { } file && seen.Add(import))
            {
                scopes.Add(file, default);
                foreach (var next in Imports(file))
                {
                    imports.Enqueue(next);
                }
            }
        }
    }

    private static IEnumerable<string> Imports(ProtoFile file) => file.Imports.Concat(file.PublicImports).Concat(file.WeakImports);
}
