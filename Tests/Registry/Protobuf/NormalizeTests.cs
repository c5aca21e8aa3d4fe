using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>Normalised texts, character by character.</summary>
public class NormalizeTests
{
    private static void Normalizes(string text, string expected)
    {
        var schema = Protos.Parse(text);
        Assert.Null(schema.NormalizationError);
        Assert.Equal(expected.ReplaceLineEndings("\n"), schema.NormalizedText);
        Assert.Equal(schema.NormalizedText, Protos.Parse(schema.NormalizedText).NormalizedText);
    }

    [Fact]
    public void Order_and_spelling_go() => Normalizes(
        """
        syntax = "proto2";
        package a.b;
        import "google/protobuf/descriptor.proto"; import "google/protobuf/any.proto"; import "google/protobuf/any.proto";
        option java_package = "x"; option go_package = "y";
        message M {
          reserved 9, 2 to 4, "z", "y";
          extensions 200 to 300, 100;
          optional N c = 7; optional int32 a = 1; repeated b.M.N r = 5;
          map<string, N> m = 6;
          oneof empty {}
          oneof late { string y = 12; .google.protobuf.Any x = 11; }
          oneof early { string w = 8; }
          message N {}
          enum E { B = 1; D = 2; C = 1; A = 0; }
        }
        extend M { optional int32 q = 200; }
        extend google.protobuf.FieldOptions { optional M o = 50000; }
        extend .a.b.M { optional int32 p = 100; }
        service S { rpc R (M) returns (stream M.N); }
        """,
        """
        package a.b;

        import "google/protobuf/any.proto";
        import "google/protobuf/descriptor.proto";

        option go_package = "y";
        option java_package = "x";

        message M {
          reserved 2 to 4;
          reserved 9;
          reserved "y";
          reserved "z";

          optional int32 a = 1;
          repeated .a.b.M.N r = 5;
          map<string, .a.b.M.N> m = 6;
          optional .a.b.M.N c = 7;

          oneof early {
            string w = 8;
          }
          oneof late {
            .google.protobuf.Any x = 11;
            string y = 12;
          }

          extensions 100;
          extensions 200 to 300;

          message N {}
          enum E {
            A = 0;
            B = 1;
            C = 1;
            D = 2;
          }
        }

        extend .a.b.M {
          optional int32 p = 100;
          optional int32 q = 200;
        }
        extend .google.protobuf.FieldOptions {
          optional .a.b.M o = 50000;
        }

        service S {
          rpc R (.a.b.M) returns (stream .a.b.M.N);
        }

        """);

    [Fact]
    public void Options_are_merged_sorted_and_named_in_full() => Normalizes(
        """
        syntax = "proto3";
        package p;
        import "google/protobuf/descriptor.proto";
        message O { int32 a = 1; O b = 2; repeated int32 c = 3; double d = 4; }
        extend google.protobuf.FieldOptions { O o = 50000; repeated O r = 50001; repeated string s = 50002; }
        message M {
          int32 f = 1 [(s) = "y", (s) = "x", (p.o).b.a = 2, (.p.o).a = 1, deprecated = true, (o).b.d = 1.00050];
          int32 g = 2 [(r) = { d: 1e3 a: 007 }, (r).a = 2];
          int32 h = 3 [(o) = { c: [5] b { c: [1, 2] } d: -0.0001 }];
          int32 i = 4 [(unknown) = 0x1F, json_name = "I"];
        }
        """,
        """
        syntax = "proto3";
        package p;

        import "google/protobuf/descriptor.proto";

        message O {
          int32 a = 1;
          .p.O b = 2;
          repeated int32 c = 3;
          double d = 4;
        }
        message M {
          int32 f = 1 [
            deprecated = true,
            (p.o) = {
              a: 1,
              b: {
                a: 2,
                d: 1
              }
            },
            (p.s) = "y",
            (p.s) = "x"
          ];
          int32 g = 2 [
            (p.r) = {
              a: 7,
              d: 1000
            },
            (p.r).a = 2
          ];
          int32 h = 3 [(p.o) = {
            b: {
              c: [
                1,
                2
              ]
            },
            c: 5,
            d: 0
          }];
          int32 i = 4 [
            (unknown) = 0x1F,
            json_name = "I"
          ];
        }

        extend .google.protobuf.FieldOptions {
          .p.O o = 50000;
          repeated .p.O r = 50001;
          repeated string s = 50002;
        }

        """);

    [Fact]
    public void Entry_messages_become_maps()
    {
        var entry = Protos.Parse(
            """
            syntax = "proto3"; package p;
            message V {}
            message M { repeated .p.M.AEntry a = 1; message AEntry { option map_entry = true; string key = 1; .p.V value = 2; } }
            """);
        var map = Protos.Parse("syntax = \"proto3\"; package p; message V {} message M { map<string, V> a = 1; }");
        Assert.Equal(map.NormalizedText, entry.NormalizedText);
        Assert.NotEqual(map.CanonicalText, entry.CanonicalText);
    }

    [Fact]
    public void A_descriptor_becomes_its_file()
    {
        var text = Protos.Parse(
            """
            syntax = "proto3"; package p;
            import "google/protobuf/timestamp.proto";
            option csharp_namespace = "N"; option java_package = "x";
            message M {
              map<string, V> a_b = 1; optional int32 o = 2; oneof u { V v = 3; string s = 4; } google.protobuf.Timestamp t = 5;
              reserved 10 to 12, 20; reserved "q";
              enum E { Z = 0; reserved 5 to max; }
              E e = 6 [deprecated = true];
            }
            message V {}
            service S { rpc R (stream M) returns (V); }
            """);
        var descriptor = Protos.Parse(text.Format("serialized")!);
        Assert.Equal(text.NormalizedText, descriptor.NormalizedText);
        Assert.Equal(descriptor.Format("serialized"), Protos.Parse(descriptor.Format("serialized")!).Format("serialized"));
    }

    [Fact]
    public void A_missing_type_is_said_and_the_canonical_text_stays()
    {
        var schema = Protos.Parse("syntax = \"proto3\"; message M { a.Gone x = 1; }");
        Assert.Equal("Could not resolve type: a.Gone", schema.NormalizationError);
        Assert.Equal(schema.CanonicalText, schema.NormalizedText);
    }

    [Fact]
    public void References_are_resolved_through_each_other()
    {
        var schema = Protos.Parse(
            "syntax = \"proto3\"; package a; import \"b.proto\"; message M { b.B x = 1; c.C y = 2; }",
            new ResolvedReference("b.proto", "b", 1, new("package b; import public \"c.proto\"; message B {}", [Protos.Reference("c.proto", "package c; message C {}")])));
        Assert.Contains(".b.B x = 1;", schema.NormalizedText, StringComparison.Ordinal);
        Assert.Contains(".c.C y = 2;", schema.NormalizedText, StringComparison.Ordinal);
    }

    [Fact]
    public void Well_known_imports_need_no_reference()
    {
        string[] paths =
        [
            .. "any api descriptor duration empty field_mask source_context struct timestamp type wrappers".Split(' ').Select(n => $"google/protobuf/{n}.proto"),
            .. ("calendar_period color date datetime dayofweek decimal expr fraction interval latlng money month phone_number postal_address quaternion "
                + "timeofday").Split(' ').Select(n => $"google/type/{n}.proto"),
            "confluent/meta.proto", "confluent/type/decimal.proto", "confluent/type/variant.proto",
        ];
        string[] types =
        [
            "Any", "Api", "FileDescriptorProto", "Duration", "Empty", "FieldMask", "SourceContext", "Struct", "Timestamp", "Type", "StringValue",
            "CalendarPeriod", "Color", "Date", "DateTime", "DayOfWeek", "Decimal", "Expr", "Fraction", "Interval", "LatLng", "Money", "Month",
            "PhoneNumber", "PostalAddress", "Quaternion", "TimeOfDay", "Meta", "Decimal", "Variant",
        ];
        Assert.Equal(paths.Length, types.Length);
        for (var i = 0; i < paths.Length; i++)
        {
            var package = Path.GetDirectoryName(paths[i])!.Replace('/', '.').Replace('\\', '.');
            var schema = Protos.Parse($"syntax = \"proto3\"; import \"{paths[i]}\"; message M {{ {package}.{types[i]} a = 1; }}");
            Assert.True(schema.NormalizationError is null, paths[i]);
        }

        Assert.NotNull(Protos.Parse("syntax = \"proto3\"; message M { google.protobuf.Any a = 1; }").NormalizationError);
    }
}
