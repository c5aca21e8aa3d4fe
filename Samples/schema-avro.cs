// Avro with Confluent's serializers: written in one region, read in another one, with the schema from the registry of each.
//
//   ./fed up
//   ./fed topic create sample-avro --home eu --mirror us
//   dotnet run Samples/schema-avro.cs
//
// Other addresses: dotnet run Samples/schema-avro.cs -- KAFKA REGISTRY KAFKA-TO-READ REGISTRY-TO-READ
#:package Confluent.Kafka
#:package Confluent.SchemaRegistry
#:package Confluent.SchemaRegistry.Serdes.Avro
#:property PublishAot=false

using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

string[] at = args is [_, _, _, _] ? args : ["127.0.0.1:9092", "http://127.0.0.1:8081", "127.0.0.1:9192", "http://127.0.0.1:8181"];
const string Topic = "sample-avro";

var schema = (RecordSchema)Avro.Schema.Parse("""
    {"type": "record", "name": "Flight", "namespace": "samples",
     "fields": [{"name": "number", "type": "string"}, {"name": "from", "type": "string"}, {"name": "to", "type": "string"}]}
    """);
var flight = new GenericRecord(schema);
flight.Add("number", "BA117");
flight.Add("from", "LHR");
flight.Add("to", "JFK");

// The serializer registers the schema under sample-avro-value, or finds it there, and writes its id in front of the data.
using (var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = at[1] }))
using (var producer = new ProducerBuilder<string, GenericRecord>(new ProducerConfig { BootstrapServers = at[0] })
    .SetValueSerializer(new AvroSerializer<GenericRecord>(registry)).Build())
{
    var written = await producer.ProduceAsync(Topic, new Message<string, GenericRecord> { Key = "BA117", Value = flight });
    Console.WriteLine($"written: {written.TopicPartitionOffset}");
}

// The other region's registry knows the id: its log is mirrored too.
using (var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = at[3] }))
using (var consumer = new ConsumerBuilder<string, GenericRecord>(new ConsumerConfig { BootstrapServers = at[2], GroupId = "none", EnableAutoCommit = false })
    .SetValueDeserializer(new AvroDeserializer<GenericRecord>(registry).AsSyncOverAsync()).Build())
{
    consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
    var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("nothing to read");
    Console.WriteLine($"read: {read.Message.Key} from {read.Message.Value["from"]} to {read.Message.Value["to"]}");
    consumer.Close();
}
