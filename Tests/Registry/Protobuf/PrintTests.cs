using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>Canonical texts, character by character.</summary>
public class PrintTests
{
    private static void Prints(string text, string expected)
    {
        var schema = Protos.Parse(text);
        Assert.Equal(expected.ReplaceLineEndings("\n"), schema.CanonicalText);
        Assert.Equal(schema.CanonicalText, Protos.Parse(schema.CanonicalText).CanonicalText);
    }

    [Fact]
    public void File_elements_in_their_groups() => Prints(
        """
        // comments go
        syntax = 'proto3'; /* all of them */
        option java_package = "x"; import public "p.proto"; package a.b;
        service S { rpc R(M) returns (stream M); }
        enum E { Z = 0; }
        import "i.proto"; import weak "w.proto";
        message M { } message N {}
        extend google.protobuf.FieldOptions { string x = 50000; }
        option java_multiple_files = true;
        """,
        """
        syntax = "proto3";
        package a.b;

        import "i.proto";
        import public "p.proto";
        import weak "w.proto";

        option java_package = "x";
        option java_multiple_files = true;

        message M {}
        message N {}
        enum E {
          Z = 0;
        }

        extend google.protobuf.FieldOptions {
          string x = 50000;
        }

        service S {
          rpc R (M) returns (stream M);
        }

        """);

    [Fact]
    public void Message_elements_in_their_groups() => Prints(
        """
        message M {
          enum E { A = 0; }
          message N { optional int32 x = 1; }
          extend M { optional int32 e = 100; }
          extensions 100 to 199, 1000 to max;
          optional group G = 4 { optional string g = 1; }
          oneof o { option (c) = 1; string s = 2; group H = 6 { optional int32 h = 1; } }
          repeated int32 a = 1 [packed = true];
          required .M.N n = 3;
          map<string, N> m = 5;
          option deprecated = true;
          reserved 7, 9 to 11, 536870000 to max; reserved "foo", 'bar';
        }
        """,
        """

        message M {
          reserved 7, 9 to 11, 536870000 to max;
          reserved "foo", "bar";

          option deprecated = true;

          repeated int32 a = 1 [packed = true];
          required .M.N n = 3;
          map<string, N> m = 5;

          oneof o {
            option (c) = 1;

            string s = 2;

            group H = 6 {
              optional int32 h = 1;
            }
          }

          optional group G = 4 {
            optional string g = 1;
          }

          extensions 100 to 199, 1000 to max;

          extend M {
            optional int32 e = 100;
          }

          message N {
            optional int32 x = 1;
          }
          enum E {
            A = 0;
          }
        }

        """);

    [Fact]
    public void Options_of_every_kind() => Prints(
        """
        syntax = "proto2";
        option (a.b).c.d = -1.5e+3;
        option (.x) = { s: "v" n { k: [1, 2] } e: RED, [p.q]: true; l: [] r: 1 r: 2 };
        message M {
          optional string s = 1 [json_name = "S", default = "a\n\"\x41\101" "b", (c) = X, deprecated = false];
          optional int32 i = 2 [default = 0x10];
          optional E e = 3 [default = A];
        }
        enum E { option allow_alias = true; reserved 5 to max, "Q"; A = 0 [deprecated = true]; B = -1; C = 0 [(x) = 1, (y) = "z"]; }
        service S {
          option deprecated = true;
          rpc R(stream M) returns (M) { option idempotency_level = IDEMPOTENT; option (z).q = "1"; }
          rpc T(M) returns (M) {}
        }
        """,
        """
        syntax = "proto2";

        option (a.b).c.d = -1.5e+3;
        option (.x) = {
          s: "v",
          n: {
            k: [
              1,
              2
            ]
          },
          e: RED,
          [p.q]: true,
          l: [
          ],
          r: [
            1,
            2
          ]
        };

        message M {
          optional string s = 1 [
            (c) = X,
            deprecated = false,
            default = "a\n\"AAb",
            json_name = "S"
          ];
          optional int32 i = 2 [default = 0x10];
          optional E e = 3 [default = A];
        }
        enum E {
          reserved 5 to max, "Q";

          option allow_alias = true;

          A = 0 [deprecated = true];
          B = -1;
          C = 0 [
            (x) = 1,
            (y) = "z"
          ];
        }

        service S {
          option deprecated = true;

          rpc R (stream M) returns (M) {
            option idempotency_level = IDEMPOTENT;
            option (z).q = "1";
          };
          rpc T (M) returns (M);
        }

        """);

    [Fact]
    public void Strings_escape_what_the_registry_escapes() => Prints(
        """
        syntax = "proto3";
        option java_package = "\a\b\f\n\r\t\v\\\'\"\?é€\u";
        """,
        """
        syntax = "proto3";

        option java_package = "\a\b\f\n\r\t\v\\\'\"?é€u";

        """);

    [Fact]
    public void Editions() => Prints(
        """
        edition = "2023";
        option features.field_presence = IMPLICIT;
        message M { int32 a = 1 [features.field_presence = EXPLICIT]; reserved foo, bar; }
        """,
        """
        edition = "2023";

        option features.field_presence = IMPLICIT;

        message M {
          reserved "foo", "bar";

          int32 a = 1 [features.field_presence = EXPLICIT];
        }

        """);

    [Theory]
    [InlineData("syntax = \"proto3\"; message M { int32 a = 0; }")]
    [InlineData("syntax = \"proto3\"; enum E { A = 5; }")]
    [InlineData("syntax = \"proto3\"; message M { Missing a = 1; }")]
    [InlineData("syntax = \"proto3\"; message M { int32 a = 1; string b = 1; }")]
    [InlineData("syntax = \"proto3\"; message M { optional int32 a = 1;; ; };")]
    [InlineData("enum E { }")]
    [InlineData("syntax = \"proto3\"; message message { string message = 1; bytes option = 2; int32 reserved = 3; }")]
    [InlineData("\uFEFFsyntax = \"proto3\";")]
    [InlineData("enum E { option = 1; reserved = 2; message = 3; }")]
    [InlineData("syntax = \"proto3\"; message M { group group = 1; map map = 2; stream stream = 3; } service S { rpc A (stream) returns (stream); }")]
    public void Lenient_where_the_registry_is(string text)
    {
        var canonical = Protos.Parse(text).CanonicalText;
        Assert.Equal(canonical, Protos.Parse(canonical).CanonicalText);
    }

    [Theory]
    [InlineData("message M {", "unexpected end of file")]
    [InlineData("message M }", "expected '{' but was '}'")]
    [InlineData("messag M {}", "unexpected label: messag")]
    [InlineData("message M { int32 a = 1; }", "unexpected label: int32")]
    [InlineData("syntax = \"proto3\"; message M { required int32 a = 1; }", "'required' label forbidden in proto3 field declarations")]
    [InlineData("message M { repeated map<string, string> a = 1; }", "'map' type cannot have label")]
    [InlineData("message M { optional int32 1a = 1; }", "a field cannot be called 1a")]
    [InlineData("message M { optional int32 a = b; }", "expected an integer but was b")]
    [InlineData("message M { optional int32 a = 99999999999; }", "expected an integer but was 99999999999")]
    [InlineData("syntax = \"proto4\";", "unexpected syntax: proto4")]
    [InlineData("package a; syntax = \"proto3\";", "'syntax' element must be the first declaration in a file")]
    [InlineData("syntax = \"proto3\"; syntax = \"proto3\";", "too many syntax definitions")]
    [InlineData("import a;", "expected quoted string")]
    [InlineData("message M {} message M {}", "M is already defined")]
    [InlineData("message M {} enum M {}", "M is already defined")]
    [InlineData("option a = \"b;", "unterminated string")]
    [InlineData("/* message M {}", "unterminated comment")]
    [InlineData("/ message M {}", "unexpected '/'")]
    [InlineData("option a = \"\\xg\";", "expected a digit after \\x or \\X")]
    [InlineData("message M { oneof o { optional int32 a = 1; } }", "expected '=' but was 'a'")]
    [InlineData("message M { reserved 1 of 2; }", "expected ',', ';' or 'to'")]
    [InlineData("syntax = \"proto3\"; message M { map<string, map<string, string>> a = 1; }", "expected '>' but was '<'")]
    [InlineData("{\"type\": \"record\"}", "expected a word but was '{'")]
    public void Bad_files_say_what_is_wrong(string text, string expected) => Assert.Contains(expected, Protos.Error(text), StringComparison.Ordinal);

    [Fact]
    public void Errors_say_where() => Assert.Equal(
        "Syntax error in :3:3: unexpected label: x", Protos.Error("message M {\n  optional int32 a = 1;\n  x\n y = 2; }")[..41].Replace(":4:", ":3:", StringComparison.Ordinal));

    [Fact]
    public void Names_are_of_the_first_message()
    {
        Assert.Equal("a.b.M", Protos.Parse("package a.b; enum E {} message M {} message N {}").Name);
        Assert.Equal("E", Protos.Parse("enum E {}").Name);
        Assert.Null(Protos.Parse("package a;").Name);
    }

    [Fact]
    public void Ignore_extensions_leaves_what_everyone_understands()
    {
        var schema = Protos.Parse(
            """
            option (a) = 1; option deprecated = true;
            message M { option (b) = 1; extensions 5; optional int32 a = 1 [(c) = 1, deprecated = true]; extend M { optional int32 e = 5; } }
            extend M { optional int32 f = 5; }
            """);
        Assert.Equal(
            "\noption deprecated = true;\n\nmessage M {\n\n  optional int32 a = 1 [deprecated = true];\n}\n".Replace("{\n\n", "{\n", StringComparison.Ordinal),
            schema.Format("ignore_extensions"));
        Assert.Null(schema.Format("resolved"));
        Assert.Equal(SchemaType.Protobuf, schema.Type);
    }
}
