"""Debian's python3-confluent-kafka: api REGISTRY NAME | write BOOTSTRAP REGISTRY NAME FILE | read BOOTSTRAP REGISTRY COUNT TOPIC...

Avro goes through confluent_kafka.avro, because the newer serializer needs fastavro, which Debian does not have.
"""
import json
import pathlib
import re
import sys
import warnings

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.avro import CachedSchemaRegistryClient, ClientError, loads
from confluent_kafka.avro.serializer.message_serializer import MessageSerializer
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SCHEMAS = pathlib.Path(__file__).parent / "schemas"
FORMATS = ["avro", "protobuf", "json"]


def schema(name):
    return (SCHEMAS / name).read_text(encoding="utf-8")


def flight_message():
    files = json_format.Parse(schema("flight.descriptors.json"), descriptor_pb2.FileDescriptorSet())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("world.Flight"))


def to_message(message_type, flight):
    message = message_type(date=flight["date"], delay=flight["delay"], distance=flight["distance"])
    message.origin.code = flight["origin"]
    message.destination.code = flight["destination"]
    if flight["note"] is not None:
        message.note = flight["note"]
    return message


def from_message(message):
    return {
        "date": message.date, "delay": message.delay, "distance": message.distance,
        "origin": message.origin.code, "destination": message.destination.code,
        "note": message.note if message.HasField("note") else None,
    }


def serializer_of(registry, kind):
    if kind == "avro":
        avro = MessageSerializer(CachedSchemaRegistryClient({"url": registry}))
        parsed = loads(schema("flight.avsc"))
        return lambda topic, flight: avro.encode_record_with_schema(topic, parsed, flight)
    client = SchemaRegistryClient({"url": registry})
    if kind == "json":
        to_json = JSONSerializer(schema("flight.schema.json"), client)
        return lambda topic, flight: to_json(flight, SerializationContext(topic, MessageField.VALUE))
    message_type = flight_message()
    to_bytes = ProtobufSerializer(message_type, client)
    return lambda topic, flight: to_bytes(to_message(message_type, flight), SerializationContext(topic, MessageField.VALUE))


def deserializer_of(registry, kind):
    if kind == "avro":
        avro = MessageSerializer(CachedSchemaRegistryClient({"url": registry}))
        return lambda topic, value: avro.decode_message(value)
    if kind == "json":
        from_json = JSONDeserializer(schema("flight.schema.json"))
        return lambda topic, value: from_json(value, SerializationContext(topic, MessageField.VALUE))
    from_bytes = ProtobufDeserializer(flight_message())
    return lambda topic, value: from_message(from_bytes(value, SerializationContext(topic, MessageField.VALUE)))


def write(bootstrap, registry, name, path):
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 5})
    flights = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    for kind in FORMATS:
        serialize = serializer_of(registry, kind)
        topic = f"{name}-{kind}"
        for flight in flights:
            producer.produce(topic, serialize(topic, flight), partition=0, on_delivery=lambda error, _: failures.append(error) if error else None)
            producer.poll(0)
    left = producer.flush(60)
    if failures or left:
        sys.exit(f"{len(failures)} failed ({failures[:1]}), {left} not delivered")


def read(bootstrap, registry, count, *topics):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "world-registry-python", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0) for topic in topics])
    deserializers = {topic: deserializer_of(registry, re.search("(avro|protobuf|json)$", topic)[0]) for topic in topics}
    for _ in range(int(count) * len(topics)):
        message = consumer.poll(30)
        if message is None:
            sys.exit("not all records came")
        if message.error():
            sys.exit(str(message.error()))
        flight = deserializers[message.topic()](message.topic(), message.value())
        print(json.dumps({"topic": message.topic(), "offset": message.offset(), "prefix": message.value()[:5].hex(), "header": None, "flight": flight}))
    consumer.close()


def refused(status, code, call):
    try:
        call()
    except SchemaRegistryError as error:
        assert (error.http_status_code, error.error_code) == (status, code), str(error)
        return
    raise AssertionError(f"{status} {code} was expected")


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def api(registry, name):
    for step in [versions, settings, references, contexts, old_client]:
        step(registry, f"{name}-{step.__name__}")


def avro(*fields):
    text = json.dumps({"type": "record", "name": "Order", "namespace": "world", "fields": list(fields)}, separators=(",", ":"))
    return Schema(text, "AVRO")


ID = {"name": "id", "type": "int"}
NOTE = {"name": "note", "type": "string", "default": ""}
OTHER = {"name": "id", "type": "string"}


def versions(registry, subject):
    new = lambda: SchemaRegistryClient({"url": registry})
    first = new().register_schema(subject, avro(ID))
    equal(new().register_schema(subject, avro(ID)), first)
    found = new().lookup_schema(subject, avro(ID))
    equal((found.schema_id, found.subject, found.version, found.schema.schema_str), (first, subject, 1, avro(ID).schema_str))
    equal(new().get_schema(first).schema_str, avro(ID).schema_str)
    equal(new().test_compatibility(subject, avro(ID, NOTE)), True)
    equal(new().test_compatibility(subject, avro(OTHER), 1), False)
    second = new().register_schema(subject, avro(ID, NOTE))
    assert second > first
    refused(409, 409, lambda: new().register_schema(subject, avro(OTHER)))
    refused(404, 40403, lambda: new().lookup_schema(subject, avro(OTHER)))
    refused(422, 42201, lambda: new().register_schema(subject, Schema('{"type":"nothing"}', "AVRO")))
    refused(404, 40403, lambda: new().get_schema(2000000000))
    equal(new().get_versions(subject), [1, 2])
    equal(new().get_latest_version(subject).schema_id, second)
    equal(new().get_version(subject, 1).schema_id, first)
    assert subject in new().get_subjects()
    equal(new().delete_version(subject, 1), 1)
    equal(new().get_versions(subject), [2])
    refused(404, 40402, lambda: new().get_version(subject, 1))
    equal(new().delete_subject(subject), [2])
    refused(404, 40401, lambda: new().get_versions(subject))
    equal(new().register_schema(subject, avro(ID)), first)
    equal(new().get_versions(subject), [3])
    equal(new().delete_subject(subject, permanent=True), [3])


def settings(registry, subject):
    client = SchemaRegistryClient({"url": registry})
    before = client.get_compatibility()
    try:
        equal(client.set_compatibility(level="full"), {"compatibility": "FULL"})
        equal(client.get_compatibility(), "FULL")
    finally:
        client.set_compatibility(level=before)
    refused(404, 40408, lambda: client.get_compatibility(subject))
    equal(client.set_compatibility(subject, "NONE"), {"compatibility": "NONE"})
    equal(client.get_compatibility(subject), "NONE")
    refused(422, 42203, lambda: client.set_compatibility(subject, "WRONG"))


def references(registry, subject):
    client = SchemaRegistryClient({"url": registry})
    base = Schema('{"type":"record","name":"Id","namespace":"base","fields":[{"name":"n","type":"int"}]}', "AVRO")
    user = '{"type":"record","name":"Item","namespace":"world","fields":[{"name":"id","type":"base.Id"}]}'
    target = f"{subject}-id"
    item = Schema(user, "AVRO", [SchemaReference("base.Id", target, 1)])
    refused(422, 42201, lambda: client.register_schema(subject, item))
    client.register_schema(target, base)
    number = client.register_schema(subject, item)
    stored = SchemaRegistryClient({"url": registry}).get_schema(number)
    equal(stored.schema_str, user)
    equal([(each["name"], each["subject"], each["version"]) if isinstance(each, dict) else (each.name, each.subject, each.version)
           for each in stored.references], [("base.Id", target, 1)])
    refused(422, 42206, lambda: client.delete_subject(target))


def contexts(registry, subject):
    client = SchemaRegistryClient({"url": registry})
    equal(client.register_schema(f":.{subject}:orders", avro(ID)), 1)
    inside = SchemaRegistryClient({"url": f"{registry}/contexts/.{subject}"})
    equal(inside.register_schema("orders", avro(ID, NOTE)), 2)
    equal(inside.get_versions("orders"), [1, 2])
    equal(inside.get_schema(2).schema_str, avro(ID, NOTE).schema_str)


def old_client(registry, subject):
    new = lambda: CachedSchemaRegistryClient({"url": registry})
    first = new().register(subject, loads(avro(ID).schema_str))
    equal(new().check_registration(subject, loads(avro(ID).schema_str)), first)
    equal(new().get_version(subject, loads(avro(ID).schema_str)), 1)
    equal(new().test_compatibility(subject, loads(avro(OTHER).schema_str)), False)
    try:
        new().register(subject, loads(avro(OTHER).schema_str))
        raise AssertionError("an incompatible schema was taken")
    except ClientError as error:
        assert "Incompatible Avro schema:409" in str(error), str(error)
    number, parsed, version = new().get_latest_schema(subject)
    equal((number, version, str(parsed) == str(loads(avro(ID).schema_str))), (first, 1, True))
    equal(new().update_compatibility("FULL", subject), "FULL")
    equal(new().get_compatibility(subject), "FULL")
    equal(new().delete_subject(subject), [1])
    equal(new().get_latest_schema(subject), (None, None, None))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"api": api, "write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
