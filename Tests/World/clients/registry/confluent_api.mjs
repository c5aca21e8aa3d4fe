// What a program may ask of a registry through @confluentinc/schemaregistry, and what it must be told.
import assert from 'node:assert/strict';

const v1 = '{"type":"record","name":"Order","namespace":"world","fields":[{"name":"id","type":"int"}]}';
const v2 = '{"type":"record","name":"Order","namespace":"world","fields":[{"name":"id","type":"int"},{"name":"note","type":"string","default":""}]}';
const other = '{"type":"record","name":"Order","namespace":"world","fields":[{"name":"id","type":"string"}]}';
const avro = schema => ({ schemaType: 'AVRO', schema });

const refused = (promise, status, errorCode) => assert.rejects(promise, error => {
  assert.deepEqual([error.status, error.errorCode], [status, errorCode], error.message);
  return true;
});

export async function api(library, registry, name) {
  const newClient = (url = registry) => new library.SchemaRegistryClient({ baseURLs: [url], maxRetries: 0 });
  for (const step of [versions, evolution, settings, deletion, references, normalization, contracts, contexts, associations]) {
    await step(newClient, `${name}-${step.name}`, library, registry);
  }
}

async function versions(newClient, subject) {
  const full = await newClient().registerFullResponse(subject, avro(v1), false);
  assert.equal(full.version, 1);
  assert.match(full.guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(await newClient().register(subject, avro(v1), false), full.id);
  assert.equal(await newClient().getId(subject, avro(v1), false), full.id);
  assert.equal(await newClient().getVersion(subject, avro(v1), false, false), 1);
  assert.equal((await newClient().getBySubjectAndId(subject, full.id)).schema, v1);
  assert.equal((await newClient().getByGuid(full.guid)).schema, v1);
  assert.ok((await newClient().getAllSubjects()).includes(subject));
  const latest = await newClient().getLatestSchemaMetadata(subject);
  assert.deepEqual([latest.subject, latest.version, latest.id, latest.guid, latest.schema], [subject, 1, full.id, full.guid, v1]);
  await refused(newClient().getSchemaMetadata(subject, 7, false), 404, 40402);
  await refused(newClient().getLatestSchemaMetadata(`${subject}-none`), 404, 40401);
  await refused(newClient().getBySubjectAndId(subject, 2_000_000_000), 404, 40403);
  await refused(newClient().getByGuid('00000000-0000-0000-0000-000000000000'), 404, 40403);
  await refused(newClient().register(subject, avro('{"type":"nothing"}'), false), 422, 42201);
}

async function evolution(newClient, subject) {
  const first = await newClient().register(subject, avro(v1), false);
  assert.equal(await newClient().testSubjectCompatibility(subject, avro(v2)), true);
  assert.equal(await newClient().testSubjectCompatibility(subject, avro(other)), false);
  assert.equal(await newClient().testCompatibility(subject, 1, avro(other)), false);
  const second = await newClient().registerFullResponse(subject, avro(v2), false);
  assert.equal(second.version, 2);
  assert.ok(second.id > first);
  await refused(newClient().register(subject, avro(other), false), 409, 409);
  await refused(newClient().getId(subject, avro(other), false), 404, 40403);
  assert.deepEqual(await newClient().getAllVersions(subject), [1, 2]);
  assert.equal((await newClient().getSchemaMetadata(subject, 1, false)).schema, v1);
}

async function settings(newClient, subject, { Compatibility }) {
  const before = await newClient().getDefaultCompatibility();
  try {
    assert.equal(await newClient().updateDefaultCompatibility(Compatibility.FULL), 'FULL');
    assert.equal(await newClient().getDefaultCompatibility(), 'FULL');
    await newClient().updateDefaultConfig({ compatibility: 'FORWARD', normalize: true });
    const config = await newClient().getDefaultConfig();
    assert.deepEqual([config.compatibilityLevel, config.normalize], ['FORWARD', true]);
  } finally {
    await newClient().updateDefaultConfig({ compatibility: before, normalize: false });
  }

  await refused(newClient().getCompatibility(subject), 404, 40408);
  assert.equal(await newClient().updateCompatibility(subject, Compatibility.NONE), 'NONE');
  assert.equal(await newClient().getCompatibility(subject), 'NONE');
  await newClient().register(subject, avro(v1), false);
  await newClient().register(subject, avro(other), false);
  await refused(newClient().updateCompatibility(subject, 'WRONG'), 422, 42203);
  const group = { compatibility: 'BACKWARD', compatibilityGroup: 'major', defaultMetadata: { properties: { owner: 'ops' } } };
  assert.deepEqual(await newClient().updateConfig(subject, group), group);
  const stored = await newClient().getConfig(subject);
  assert.deepEqual([stored.compatibilityLevel, stored.compatibilityGroup, stored.defaultMetadata], ['BACKWARD', 'major', group.defaultMetadata]);
  await newClient().updateConfig(`${subject}-alias`, { alias: subject });
  assert.equal((await newClient().getLatestSchemaMetadata(`${subject}-alias`)).subject, subject);
}

async function deletion(newClient, subject) {
  const first = await newClient().register(subject, avro(v1), false);
  await newClient().register(subject, avro(v2), false);
  await refused(newClient().deleteSubjectVersion(subject, 1, true), 404, 40407);
  assert.equal(await newClient().deleteSubjectVersion(subject, 1, false), 1);
  assert.deepEqual(await newClient().getAllVersions(subject), [2]);
  assert.equal((await newClient().getBySubjectAndId(subject, first)).schema, v1);
  assert.equal((await newClient().getSchemaMetadata(subject, 1, true)).schema, v1);
  assert.equal(await newClient().deleteSubjectVersion(subject, 1, true), 1);
  await refused(newClient().getSchemaMetadata(subject, 1, true), 404, 40402);
  await refused(newClient().deleteSubject(subject, true), 404, 40405);
  assert.deepEqual(await newClient().deleteSubject(subject, false), [2]);
  await refused(newClient().getLatestSchemaMetadata(subject), 404, 40401);
  assert.deepEqual(await newClient().deleteSubject(subject, true), [2]);
  const again = await newClient().registerFullResponse(subject, avro(other), false);
  assert.equal(again.version, 1);
  assert.ok(again.id > first);
}

async function references(newClient, subject) {
  const shapes = {
    AVRO: ['base.Id', '{"type":"record","name":"Id","namespace":"base","fields":[{"name":"n","type":"int"}]}',
      '{"type":"record","name":"Item","namespace":"world","fields":[{"name":"id","type":"base.Id"}]}'],
    PROTOBUF: ['id.proto', 'syntax = "proto3";\npackage world;\n\nmessage Id {\n  int32 n = 1;\n}\n',
      'syntax = "proto3";\npackage world;\n\nimport "id.proto";\n\nmessage Item {\n  .world.Id id = 1;\n}\n'],
    JSON: ['id.json', '{"type":"object","properties":{"n":{"type":"integer"}}}', '{"type":"object","properties":{"id":{"$ref":"id.json"}}}'],
  };
  for (const [schemaType, [reference, base, user]] of Object.entries(shapes)) {
    const target = `${subject}-${schemaType}-id`;
    const info = { schemaType, schema: user, references: [{ name: reference, subject: target, version: 1 }] };
    await refused(newClient().register(`${subject}-${schemaType}`, info, false), 422, 42201);
    await newClient().register(target, { schemaType, schema: base }, false);
    const id = await newClient().register(`${subject}-${schemaType}`, info, false);
    const stored = await newClient().getBySubjectAndId(`${subject}-${schemaType}`, id);
    assert.deepEqual([stored.schema, stored.references], [user, info.references]);
    await refused(newClient().deleteSubject(target, false), 422, 42206);
    if (schemaType === 'PROTOBUF') {
      const bytes = Buffer.from((await newClient().getBySubjectAndId(`${subject}-${schemaType}`, id, 'serialized')).schema, 'base64');
      assert.ok(bytes.includes('id.proto') && bytes.includes('Item'));
    }
  }
}

async function normalization(newClient, subject) {
  const id = await newClient().register(subject, { schemaType: 'JSON', schema: '{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"string"}}}' }, true);
  const turned = { schemaType: 'JSON', schema: '{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"type":"object"}' };
  assert.equal(await newClient().register(subject, turned, true), id);
  assert.equal(await newClient().getId(subject, turned, true), id);
  assert.deepEqual(await newClient().getAllVersions(subject), [1]);
  assert.notEqual(await newClient().register(`${subject}-as-it-is`, turned, false), await newClient().register(`${subject}-as-it-is`,
    { schemaType: 'JSON', schema: '{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"string"}}}' }, false));
}

async function contracts(newClient, subject) {
  const metadata = { tags: { '**.id': ['PII'] }, properties: { owner: 'ops', team: 'a&b' }, sensitive: ['owner'] };
  const ruleSet = {
    migrationRules: [{ name: 'up', kind: 'TRANSFORM', mode: 'UPGRADE', type: 'JSONATA', expr: '$', disabled: false }],
    domainRules: [{ name: 'positive', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'message.id > 0', onFailure: 'ERROR', disabled: false }],
  };
  const full = await newClient().registerFullResponse(subject, { ...avro(v1), metadata, ruleSet }, false);
  const stored = await newClient().getLatestSchemaMetadata(subject);
  assert.deepEqual([stored.metadata, stored.ruleSet], [metadata, ruleSet]);
  assert.equal((await newClient().getLatestWithMetadata(subject, { owner: 'ops', team: 'a&b' }, false)).id, full.id);
  await refused(newClient().getLatestWithMetadata(subject, { owner: 'nobody' }, false), 404, 40403);
  const changed = await newClient().registerFullResponse(subject, { ...avro(v1), metadata: { properties: { owner: 'dev' } }, ruleSet }, false);
  assert.deepEqual([changed.version, changed.id > full.id, changed.guid !== full.guid], [2, true, true]);
  await refused(newClient().register(subject, { ...avro(v1), ruleSet: { domainRules: [{ name: '1', kind: 'CONDITION', mode: 'WRITE', type: 'CEL' }] } }, false), 422, 42210);
}

async function contexts(newClient, subject, library, registry) {
  const context = `.${subject}`;
  const qualified = `:${context}:orders`;
  assert.equal(await newClient().register(qualified, avro(v1), false), 1);
  assert.equal((await newClient().getBySubjectAndId(qualified, 1)).schema, v1);
  assert.ok((await newClient().getAllSubjects()).includes(qualified));
  const inside = `${registry}/contexts/${context}`;
  assert.equal(await newClient(inside).register('orders', avro(v2), false), 2);
  assert.deepEqual(await newClient(inside).getAllVersions('orders'), [1, 2]);
  assert.equal((await newClient(inside).getBySubjectAndId('orders', 2)).schema, v2);
}

// The registry has no associations: a client that asks gets 404, and goes by topic names.
async function associations(newClient, subject) {
  await refused(newClient().getAssociationsByResourceName(subject, '-', 'topic', ['value'], null, 0, -1), 404, 404);
}
