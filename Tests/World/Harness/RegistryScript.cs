namespace Tests.World.Harness;

/// <summary>
/// An unmodified schema registry client behind three verbs, as a script of Tests/World/clients/registry: use the API, write flights with its
/// serializers, read them with its deserializers.
/// </summary>
internal sealed class RegistryScript(string program, string script)
{
    /// <summary>@confluentinc/schemaregistry.</summary>
    public static RegistryScript Confluent() => Node("@confluentinc/schemaregistry", "confluent.mjs");

    /// <summary>@kafkajs/confluent-schema-registry.</summary>
    public static RegistryScript KafkaJs() => Node("@kafkajs/confluent-schema-registry", "kafkajs.mjs");

    /// <summary>Debian's python3-confluent-kafka with what its serializers need.</summary>
    public static RegistryScript Python() =>
        new(RealParts.PythonWith("confluent_kafka.schema_registry, confluent_kafka.avro, avro, google.protobuf, jsonschema, requests"), "python_client.py");

    public static RegistryScript Named(string name) => name switch
    {
        "confluent" => Confluent(),
        "kafkajs" => KafkaJs(),
        "python" => Python(),
        _ => throw new ArgumentException(name),
    };

    /// <summary>Registers, looks up, evolves, configures and deletes under subjects that begin with the name; the script asserts every answer.</summary>
    public Task ApiAsync(string registry, string name) => Run.AsyncOk(program, [Script, "api", registry, name]);

    /// <summary>Writes the flights of a JSON file to the topics NAME-FORMAT.</summary>
    public Task WriteAsync(string bootstrap, string registry, string name, string file) =>
        Run.AsyncOk(program, [Script, "write", bootstrap, registry, name, file]);

    /// <summary>Reads so many records of each topic; a line of JSON for each.</summary>
    public async Task<string[]> ReadAsync(string bootstrap, string registry, int count, IEnumerable<string> topics)
    {
        var text = await Run.AsyncOk(program, [Script, "read", bootstrap, registry, $"{count}", .. topics]);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Script => Path.Combine(ScriptClient.Folder, "registry", script);

    private static RegistryScript Node(string package, string script)
    {
        RealParts.Need(Directory.Exists(Path.Combine([ScriptClient.Folder, "node_modules", .. package.Split('/')])), $"{package} (npm ci in Tests/World/clients)");
        return new(RealParts.Program("node"), script);
    }
}
