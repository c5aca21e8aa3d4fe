// Flights in the shapes of the schemas here: how a flat flight becomes what a format holds, and back.
import { readFileSync } from 'node:fs';

export const schema = name => readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');

// The format is what stands behind the last dash but one or two of a topic's name: world-kafkajs-avro-ref.
export const formatOf = topic => /(avro|protobuf|json)(-ref|-guid)?$/.exec(topic)[0];

const nested = format => format.startsWith('protobuf') || format.endsWith('-ref');

export const toShape = (format, flight) => {
  if (!nested(format)) {
    return flight;
  }

  const { note, ...rest } = flight;
  const shape = { ...rest, origin: { code: flight.origin }, destination: { code: flight.destination } };
  return format === 'protobuf' && note === null ? shape : { ...shape, note };
};

export const fromShape = (format, value) => {
  const code = airport => (nested(format) ? airport.code : airport);
  return {
    date: value.date,
    delay: value.delay,
    distance: value.distance,
    origin: code(value.origin),
    destination: code(value.destination),
    note: value.note === undefined || (format.startsWith('protobuf') && !Object.hasOwn(value, 'note')) ? null : value.note,
  };
};
