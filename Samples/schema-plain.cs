// Avro without any client of a registry: Apache.Avro, HttpClient, and the frame by hand. What the serializers do, in thirty lines.
//
//   ./fed up
//   ./fed topic create sample-plain --home eu --mirror us
//   dotnet run Samples/schema-plain.cs
//
// Other addresses: dotnet run Samples/schema-plain.cs -- KAFKA REGISTRY KAFKA-TO-READ REGISTRY-TO-READ
#:package Apache.Avro
#:package Confluent.Kafka
#:project ../Protocol/Wire/Protocol.Wire.csproj
#:property PublishAot=false

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;
using Avro.IO;
using Confluent.Kafka;
using Protocol.Wire.Records;

string[] at = args is [_, _, _, _] ? args : ["127.0.0.1:9092", "http://127.0.0.1:8081", "127.0.0.1:9192", "http://127.0.0.1:8181"];
const string Topic = "sample-plain";
using var http = new HttpClient();

// Register: the same schema always has the same id, so each start may ask.
var schema = (RecordSchema)Schema.Parse("""
    {"type": "record", "name": "Seat", "fields": [{"name": "row", "type": "int"}, {"name": "place", "type": "string"}]}
    """);
using var registered = await http.PostAsJsonAsync($"{at[1]}/subjects/{Topic}-value/versions", new JsonObject { ["schema"] = schema.ToString() });
registered.EnsureSuccessStatusCode();
var id = (int)(await registered.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;

using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = at[0] }).Build())
{
    var seat = new GenericRecord(schema);
    seat.Add("row", 12);
    seat.Add("place", "F");
    using var bytes = new MemoryStream();
    new GenericDatumWriter<GenericRecord>(schema).Write(seat, new BinaryEncoder(bytes));
    var written = await producer.ProduceAsync(Topic, new Message<Null, byte[]> { Value = SchemaFrame.Wrap(id, bytes.ToArray()) });
    Console.WriteLine($"written: {written.TopicPartitionOffset} with schema {id}");
}

using (var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = at[2], GroupId = "none", EnableAutoCommit = false }).Build())
{
    consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
    var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("nothing to read");
    if (!SchemaFrame.TryUnwrap(read.Message.Value, out var readId, out var data))
    {
        throw new InvalidDataException("the value has no frame");
    }

    // The schema that it was written with, from the registry of the region where it is read.
    var bytes = data.ToArray();
    var answer = await http.GetFromJsonAsync<JsonNode>($"{at[3]}/schemas/ids/{readId}");
    var writer = Schema.Parse((string)answer!["schema"]!);
    var seat = new GenericDatumReader<GenericRecord>(writer, schema).Read(null!, new BinaryDecoder(new MemoryStream(bytes)));
    Console.WriteLine($"read: seat {seat["row"]}{seat["place"]}");
    consumer.Close();
}
