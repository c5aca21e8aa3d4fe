using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>The order in which stored schemas are written elsewhere.</summary>
public class ReferenceOrderTests
{
    [Fact]
    public void What_is_referred_to_comes_first_whatever_its_id_and_context()
    {
        StoredSchema[] schemas =
        [
            Stored(":.other:user", 1, new SchemaReference("r", ":.shared:base", 2)),
            Stored("late", 3),
            Stored(":.shared:base", 2, new SchemaReference("r", "deep", 1)),
            Stored(":.shared:deep", 1),
            Stored("first", 2),
        ];
        Assert.Equal([":.shared:deep", ":.shared:base", ":.other:user", "first", "late"], ReferenceOrder.Of(schemas).Select(schema => schema.Subject));
    }

    /// <summary>No registry makes them, but a log may hold them.</summary>
    [Fact]
    public void Circles_and_references_to_what_is_not_there_end()
    {
        var a = Stored("a", 1, new SchemaReference("r", "b", 2), new SchemaReference("s", "nowhere", 1));
        var b = Stored("b", 2, new SchemaReference("r", "a", 1));
        Assert.Equal([b, a], ReferenceOrder.Of([a, b]));
    }

    private static StoredSchema Stored(string subject, int version, params SchemaReference[] references) =>
        new(subject, version, version, Guid.Empty, SchemaType.Avro, references, null, null, "\"int\"", isDeleted: false, 0);
}
