// JSON Schema with Confluent's serializers: the schema is made of a C# type, and the registry keeps later versions compatible with it.
//
//   ./fed up
//   ./fed topic create sample-json --home eu --mirror us
//   dotnet run Samples/schema-json.cs
//
// Other addresses: dotnet run Samples/schema-json.cs -- KAFKA REGISTRY KAFKA-TO-READ REGISTRY-TO-READ
#:package Confluent.Kafka
#:package Confluent.SchemaRegistry
#:package Confluent.SchemaRegistry.Serdes.Json
#:package NJsonSchema.NewtonsoftJson
#:property PublishAot=false

using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

string[] at = args is [_, _, _, _] ? args : ["127.0.0.1:9092", "http://127.0.0.1:8081", "127.0.0.1:9192", "http://127.0.0.1:8181"];
const string Topic = "sample-json";

using (var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = at[1] }))
using (var producer = new ProducerBuilder<string, Order>(new ProducerConfig { BootstrapServers = at[0] })
    .SetValueSerializer(new JsonSerializer<Order>(registry)).Build())
{
    var written = await producer.ProduceAsync(Topic, new Message<string, Order> { Key = "4711", Value = new Order { Id = "4711", Cents = 1250 } });
    Console.WriteLine($"written: {written.TopicPartitionOffset}");

    // What would break readers is refused before anything is written.
    const string WithCurrency = """
        {"type": "object", "additionalProperties": false, "required": ["Id", "Currency"],
         "properties": {"Id": {"type": "string"}, "Cents": {"type": "integer"}, "Currency": {"type": "string"}}}
        """;
    var fits = await registry.IsCompatibleAsync($"{Topic}-value", new Schema(WithCurrency, SchemaType.Json));
    Console.WriteLine($"a currency that old orders lack would be {(fits ? "taken" : "refused")}");
}

using (var consumer = new ConsumerBuilder<string, Order>(new ConsumerConfig { BootstrapServers = at[2], GroupId = "none", EnableAutoCommit = false })
    .SetValueDeserializer(new JsonDeserializer<Order>().AsSyncOverAsync()).Build())
{
    consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
    var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("nothing to read");
    Console.WriteLine($"read: order {read.Message.Value.Id} over {read.Message.Value.Cents} cents");
    consumer.Close();
}

internal sealed class Order
{
    public required string Id { get; set; }
    public int Cents { get; set; }
}
