namespace Kernel;

/// <summary>Every bound of the system, named, with its reason. A parser that allocates or loops by a number from outside takes its bound from here.</summary>
public static class Limits
{
    /// <summary>Largest request frame, without its length field. Apache Kafka's socket.request.max.bytes, so that clients see the same limit.</summary>
    public const int MaxFrameBytes = 104_857_600;

    /// <summary>
    /// Largest frame that is written, and largest answer a client of ours accepts from a broker: a fetch of fetch.max.bytes (55 MiB) plus one whole
    /// batch and its headers. The answer to a small request may repeat what is stored, so a longer one is never begun.
    /// </summary>
    public const int MaxResponseFrameBytes = 256 * 1024 * 1024;

    /// <summary>Objects (array elements and tagged fields) that one frame may create. 100 MiB of one-byte elements would otherwise cost gigabytes of objects.</summary>
    public const int MaxObjectsPerFrame = 2_000_000;

    /// <summary>Nesting of structures in a message. Kafka's deepest message has 6 levels.</summary>
    public const int MaxMessageDepth = 16;

    /// <summary>Requests of one connection that may be under way at once; more are not read from the socket until an answer has left.</summary>
    public const int MaxInFlightPerConnection = 64;

    /// <summary>Bytes of requests that may be under way on one connection at once. 64 requests of 100 MiB would otherwise be held for one client.</summary>
    public const long MaxInFlightBytesPerConnection = MaxFrameBytes;

    /// <summary>
    /// Bytes of answers in memory that one connection may have unsent before further requests are read from it; one answer may be larger. 64 answers of
    /// a megabyte would otherwise be held for each client that does not read. Ranges of files do not count: they are read when they are sent.
    /// </summary>
    public const long MaxUnsentAnswerBytesPerConnection = 16 * 1024 * 1024;

    /// <summary>Memory that a frame gets when no more than its length has arrived; beyond it memory follows the bytes. Twice a producer's usual 64 KiB batch.</summary>
    public const int UnreceivedFrameBytes = 128 * 1024;

    /// <summary>The same for an answer, from a server that was asked for it: most of a fetch without a copy.</summary>
    public const int UnreceivedResponseBytes = 16 * 1024 * 1024;

    /// <summary>How long a connection whose client has ended its side may wait for its last answers, in milliseconds. A client that is gone looks the same.</summary>
    public const int HalfClosedMs = 1000;

    /// <summary>
    /// How long a connection may be silent, in milliseconds, unless a listener says otherwise: connections.max.idle.ms of Kafka. Java's clients give up
    /// a minute earlier by themselves; others find the connection closed and make another.
    /// </summary>
    public const int ConnectionMaxIdleMs = 600_000;

    /// <summary>Connections that one listener holds at once. Each costs a socket, a buffer and a few objects; the process's file limit comes first on most machines.</summary>
    public const int MaxConnectionsPerListener = 100_000;

    /// <summary>Connections that one HTTP front door holds at once. Each may cost a second one to the service behind, and buffers on both sides.</summary>
    public const int MaxFrontDoorConnections = 10_000;

    /// <summary>Regions of one federation. A region's slot is the high 15 bits of its producer ids; every pair of regions may need a link, so far fewer make sense.</summary>
    public const int MaxRegions = 64;

    /// <summary>Length of one entry of the control log. Its largest is a topic with all its settings.</summary>
    public const int MaxControlEntryBytes = 1024 * 1024;

    /// <summary>A string of the Kafka protocol, in either encoding: Kafka takes no longer ones.</summary>
    public const int MaxStringBytes = short.MaxValue;

    /// <summary>Topic name length (Kafka: 249, so that name-partition fits a file name).</summary>
    public const int MaxTopicNameChars = 249;

    /// <summary>Largest record batch, header included, unless the topic says otherwise. Kafka's max.message.bytes default.</summary>
    public const int DefaultMaxBatchBytes = 1_048_588;

    /// <summary>What a compressed batch may decompress to. zstd packs 32,000:1, so a batch of the default size could otherwise ask for 32 GiB.</summary>
    public const int MaxDecompressedBatchBytes = 128 * 1024 * 1024;

    /// <summary>Bytes that one fetch may return, whatever the client asks (Kafka's fetch.max.bytes: 55 MiB).</summary>
    public const int MaxFetchBytes = 57_671_680;

    /// <summary>Metadata string stored with a committed offset (Kafka's offset.metadata.max.bytes).</summary>
    public const int MaxOffsetMetadataBytes = 4096;

    /// <summary>What offset.metadata.max.bytes may be set to: the text is stored with an int16 length, and a UTF-16 unit may take three bytes.</summary>
    public const int MaxOffsetMetadataUnits = 10_000;

    /// <summary>Group, member and instance ids, protocol types and names: the records of groups store them with an int16 length.</summary>
    public const int MaxGroupStringBytes = short.MaxValue;

    /// <summary>Characters of the client id that go into a member id, so that the member id still fits <see cref="MaxGroupStringBytes"/>.</summary>
    public const int MaxClientIdCharsInMemberId = 1024;

    /// <summary>Members that asked for an id and have not joined with it yet, per group: each costs memory until its session timeout.</summary>
    public const int MaxPendingMembersPerGroup = 10_000;

    /// <summary>
    /// The same over all groups of one partition of __consumer_offsets. Beyond it the oldest is forgotten. Each costs up to 3 KB and its group's name.
    /// </summary>
    public const int MaxPendingMembersPerShard = 2 * MaxPendingMembersPerGroup;

    /// <summary>
    /// Bytes of groups or positions in one answer to DescribeGroups or OffsetFetch; what is beyond it is refused. A request may name one group of 1 MiB,
    /// or one position with 4 KiB of metadata, again and again. A million positions without metadata are within it.
    /// </summary>
    public const int MaxGroupAnswerBytes = 32 * 1024 * 1024;

    /// <summary>Subscriptions (metadata of all protocols together) of one member. A group record, which has to hold one of them, ends at 1 MiB.</summary>
    public const int MaxMemberSubscriptionBytes = 4 * 1024 * 1024;

    /// <summary>Protocols that one member may offer. Assignors are few; votes are counted over all members and protocols.</summary>
    public const int MaxProtocolsPerMember = 1000;

    /// <summary>Largest record of a group's state, key and value: what fits a batch of Kafka's default max.message.bytes with its headers.</summary>
    public const int MaxGroupRecordBytes = DefaultMaxBatchBytes - 128;

    /// <summary>A batch of group records is closed at this size; a single larger record has a batch of its own.</summary>
    public const int GroupBatchBytes = 512 * 1024;

    /// <summary>A coordinator's partition is not rewritten below this size: replaying it takes milliseconds.</summary>
    public const long MinGroupLogRewriteBytes = 4 * 1024 * 1024;

    /// <summary>How many times its live state a coordinator's partition may grow before it is rewritten.</summary>
    public const int GroupLogGrowth = 4;

    /// <summary>Partitions that one CreateTopics or CreatePartitions request may add. Kafka's limit of records in one metadata batch.</summary>
    public const int MaxPartitionsPerRequest = 10_000;

    /// <summary>Fetch sessions held at once (Kafka's max.incremental.fetch.session.cache.slots).</summary>
    public const int MaxFetchSessions = 1000;

    /// <summary>Partitions of all fetch sessions together; each costs some 300 bytes. One request may name millions of partitions that do not exist.</summary>
    public const int MaxFetchSessionPartitions = 500_000;

    /// <summary>
    /// Least time that acks=all waits for the disk. Apache Kafka answers a time-out of 0 from a single replica, because its append is done in
    /// memory; ours ends with fdatasync, so a time-out below the disk's time would refuse what is about to be durable.
    /// </summary>
    public const int MinProduceTimeoutMs = 1000;

    /// <summary>Entries that a pooled request object keeps room for. A request with more is served, and its memory given back.</summary>
    public const int MaxPooledRequestEntries = 256;

    /// <summary>Request objects of one kind kept for reuse: more than this are rarely under way at once.</summary>
    public const int MaxPooledRequests = 256;

    /// <summary>Resting partitions of a fetch session that each fetch looks at, for changes that nobody is told of (the log start offset).</summary>
    public const int MaxRestingPartitionsPerFetch = 16;

    /// <summary>Batches per producer and partition that are remembered to recognise a retry (KIP-98: five requests may be in flight).</summary>
    public const int RememberedBatchesPerProducer = 5;

    /// <summary>
    /// Settings that one DescribeConfigs answer tells of, whole resources at least: 30,000 topics with all of theirs, some 150 MB. Groups and client metrics
    /// have settings under any name, so a request may ask for as many as it likes.
    /// </summary>
    public const int MaxDescribedConfigs = 1_000_000;

    /// <summary>
    /// Entries (settings, producers) of one answer that repeat others of it, because the request names something again. Clients never do; 10 KB
    /// that name the broker 2,000 times would be answered with 74 MB.
    /// </summary>
    public const int MaxRepeatedEntriesPerAnswer = 10_000;

    /// <summary>Record errors that one refused batch may be answered with. A million bad records must not become a million strings.</summary>
    public const int MaxRecordErrors = 1000;

    /// <summary>One message of the link between regions. gRPC's usual bound, so that no proxy on the way refuses it; longer batches are cut into several.</summary>
    public const int MaxLinkMessageBytes = 4 * 1024 * 1024;

    /// <summary>Topics that one link follows. A destination allocates for each of its own topics; the source must not do so without end for a stranger's.</summary>
    public const int MaxTopicsPerLink = 100_000;

    /// <summary>Partitions of one mirrored topic that a link believes; ten full CreatePartitions requests.</summary>
    public const int MaxPartitionsPerMirroredTopic = 10 * MaxPartitionsPerRequest;

    /// <summary>Segment files that one node keeps open. Far below the file limit of a service (65,536 and up), far above the logs that are busy at once.</summary>
    public const int MaxOpenSegmentFiles = 2048;

    /// <summary>
    /// Producers that one partition remembers. Kafka has no bound and can be filled with producer ids that are used once; beyond it the one
    /// that was silent for longest is forgotten, so only its retries are no longer recognised. 100,000 are some 30 MB.
    /// </summary>
    public const int MaxProducersPerPartition = 100_000;

    /// <summary>Length of a setting's value or name. Kafka writes both with a 16-bit length.</summary>
    public const int MaxConfigValueChars = 32_767;

    /// <summary>Length of a setting's value in a message about it.</summary>
    public const int MaxConfigCharsInMessage = 1000;

    /// <summary>Bytes of one entry of the metadata log, which holds the records of one command: 10,000 topics of the longest name with many settings stay below.</summary>
    public const int MaxMetadataEntryBytes = 128 * 1024 * 1024;

    /// <summary>Producer ids that the broker takes from the metadata log at once (Kafka's block size): one durable write for so many producers.</summary>
    public const int ProducerIdBlock = 1000;

    /// <summary>Regions whose producer ids can be told apart: the id's upper 15 bits, without the sign.</summary>
    public const int MaxRegionSlots = 32_768;

    /// <summary>Characters of a client's text that go into one log line: a name of 32 KiB must not fill the log.</summary>
    public const int MaxLoggedChars = 200;

    /// <summary>Answers of a gateway that one client connection may hold before further requests of it are sent upstream: one largest fetch and its headers.</summary>
    public const int MaxHeldAnswerBytes = 64 * 1024 * 1024;

    /// <summary>Groups and transactions whose coordinator a gateway remembers. A tenant may ask for any number of names; forgetting costs a client one more look-up.</summary>
    public const int MaxRememberedCoordinators = 100_000;

    /// <summary>Topics whose leaders a gateway remembers. Kafka clusters are run up to about this many; forgetting costs a client one more Metadata request.</summary>
    public const int MaxRoutedTopics = 200_000;

    /// <summary>Topic ids a gateway remembers in their encrypted form. Computing one again costs a microsecond.</summary>
    public const int MaxRememberedTopicIds = 100_000;

    /// <summary>Groups whose protocol type one client connection remembers. Clients join one or a few.</summary>
    public const int MaxJoinedGroupsPerConnection = 64;

    /// <summary>
    /// UTF-8 bytes of one schema, as it comes and as it is printed. A schema is stored as one record, and a record ends at Kafka's default
    /// max.message.bytes; what is longer is refused before it is read.
    /// </summary>
    public const int MaxSchemaAvroBytes = 1024 * 1024;

    /// <summary>UTF-8 bytes of all schemas together that one schema refers to, directly or not: they are parsed with it, each time.</summary>
    public const int MaxSchemaAvroReferenceBytes = 4 * 1024 * 1024;

    /// <summary>Schemas that one schema refers to, directly or not.</summary>
    public const int MaxSchemaAvroReferences = 1000;

    /// <summary>
    /// Nesting of a schema: of its text, and of the walk through its types when it is printed and compared. Jackson's bound for JSON, so that
    /// the same texts are accepted; a thousand levels fit the stack of any thread.
    /// </summary>
    public const int MaxSchemaAvroDepth = 1000;

    /// <summary>
    /// JSON values of a schema's text and of all that it refers to. Each costs some 60 bytes, while "0," costs two; real schemas have one value for
    /// ten bytes. A number with a point or an exponent counts as three.
    /// </summary>
    public const int MaxSchemaAvroNodes = 250_000;

    /// <summary>Characters of a full name in a schema. A normalised text repeats full names where the schema writes short ones.</summary>
    public const int MaxSchemaAvroNameChars = 1000;

    /// <summary>Characters of all full names of a schema and its references, written out at each use: what normalising may make a text grow by.</summary>
    public const int MaxSchemaAvroNameCharsInAll = 8 * 1024 * 1024;

    /// <summary>Digits of a number in a schema (Jackson's bound). Longer ones take quadratic time to convert.</summary>
    public const int MaxSchemaAvroNumberChars = 1000;

    /// <summary>Checks of values against types while the defaults of a schema are validated. Unions of records in each other would take exponential time.</summary>
    public const int MaxSchemaAvroDefaultChecks = 250_000;

    /// <summary>
    /// Steps of one comparison: five for a pair of types, one for a pair seen before, a field or a symbol. Two unions of n types with one short
    /// name make n² pairs; a record of 2,000 fields, each a union of ten records, takes a third of the steps, which are spent in some 50 ms.
    /// </summary>
    public const int MaxSchemaAvroComparisons = 1_000_000;

    /// <summary>Differences that one comparison reports. A type that is used at many places repeats its own, doubling at each level.</summary>
    public const int MaxSchemaFindings = 1000;

    /// <summary>Characters of a JSON Schema and all that it refers to. The largest known (FHIR, Kubernetes) have 4 MB; what is longer is refused unread.</summary>
    public const int MaxSchemaJsonChars = 8 * 1024 * 1024;

    /// <summary>
    /// JSON values of a JSON Schema and all that it refers to. Each costs some 400 bytes and 700 ns until it is loaded, while "0," costs two bytes;
    /// the largest known schemas have 60,000.
    /// </summary>
    public const int MaxSchemaJsonValues = 120_000;

    /// <summary>Nesting of a JSON Schema's text. Loading and printing recurse by it; a level of a real schema takes two, and none has fifty.</summary>
    public const int MaxSchemaJsonDepth = 500;

    /// <summary>Digits, point and exponent of a number in a JSON Schema (Jackson's bound). Longer ones take quadratic time to convert.</summary>
    public const int MaxSchemaJsonNumberChars = 1000;

    /// <summary>Documents that a JSON Schema refers to, directly or not. Each is parsed with it, each time.</summary>
    public const int MaxSchemaJsonDocuments = 1000;

    /// <summary>Characters of an address ($id, $ref without its fragment) in a JSON Schema. What browsers and servers take is shorter.</summary>
    public const int MaxSchemaJsonAddressChars = 2048;

    /// <summary>
    /// Characters of all addresses of a JSON Schema and what it refers to, each with the one that it is relative to. A few hundred documents of a
    /// thousand references to each other take a tenth.
    /// </summary>
    public const int MaxSchemaJsonAddressCharsInAll = 4 * 1024 * 1024;

    /// <summary>
    /// Work of comparing two JSON Schemas: pairs of schemas, members of sets, characters of names and values by the score, edges of a matching. Two
    /// unions of n members make n² pairs, and a recursive schema is compared until nothing changes. What is not finished by then is refused,
    /// after less than 100 ms; 2,000 properties that all differ take a tenth.
    /// </summary>
    public const int MaxSchemaJsonCompareSteps = 200_000;

    /// <summary>Characters of names and values that count as one step of comparing JSON Schemas: they are hashed, compared and copied into paths.</summary>
    public const int SchemaJsonCharsPerStep = 64;

    /// <summary>Pairs of JSON Schemas that are open at once. A chain of references is as deep as it is long; each level takes about 1 KB of stack.</summary>
    public const int MaxSchemaJsonCompareDepth = 1000;

    /// <summary>Differences that one comparison of JSON Schemas reports. A definition used at many places repeats its own, doubling at each level.</summary>
    public const int MaxSchemaJsonFindings = 10_000;

    /// <summary>Characters of all paths of one comparison's differences: a name of a megabyte may be on each of them.</summary>
    public const int MaxSchemaJsonPathChars = 4 * 1024 * 1024;

    /// <summary>Characters of a regular expression in a JSON Schema that is understood. Their cost grows with the square; longer ones are kept, and match nothing.</summary>
    public const int MaxSchemaJsonPatternChars = 500;

    /// <summary>Regular expressions of one JSON Schema that are checked when it is registered. Each takes up to a millisecond.</summary>
    public const int MaxSchemaJsonPatterns = 100;

    /// <summary>
    /// Characters of one Protobuf schema as it comes, and of its references together four times as many. A schema is stored as one record, and a
    /// record ends at Kafka's default max.message.bytes; what is longer is refused before it is read.
    /// </summary>
    public const int MaxSchemaProtobufChars = 1024 * 1024;

    /// <summary>Characters of a Protobuf schema as it is printed. Indentation and full names may make a text many times longer than it came.</summary>
    public const int MaxSchemaProtobufPrintedChars = 4 * 1024 * 1024;

    /// <summary>Nesting of messages, groups and option values in a Protobuf schema. Reading and printing recurse by it; protoc allows 32 messages.</summary>
    public const int MaxSchemaProtobufDepth = 64;

    /// <summary>
    /// Types, fields, constants, options and option values of a Protobuf schema and all that it refers to. Each costs about 100 bytes, while
    /// "a b=1;" costs six; messages count as five, maps as four. The largest known schemas have 20,000.
    /// </summary>
    public const int MaxSchemaProtobufElements = 100_000;

    /// <summary>Characters of a name in a Protobuf schema, dots and all. It is repeated in paths of differences and in normalised texts.</summary>
    public const int MaxSchemaProtobufNameChars = 1000;

    /// <summary>Files that a Protobuf schema refers to, directly or not. Each is parsed with it, each time.</summary>
    public const int MaxSchemaProtobufFiles = 1000;

    /// <summary>Scopes that are searched while the type names of a Protobuf schema are resolved: every name may be sought in each scope around it.</summary>
    public const int MaxSchemaProtobufResolveSteps = 500_000;

    /// <summary>
    /// Messages of references that one comparison follows into each other. A chain of references is as deep as it is long; each level takes
    /// about 1 KB of stack, and what is deeper counts as changed.
    /// </summary>
    public const int MaxSchemaProtobufCompareDepth = 200;

    /// <summary>Characters of all paths of one comparison of Protobuf schemas. Further differences are left out once the verdict stands.</summary>
    public const int MaxSchemaProtobufPathChars = 4 * 1024 * 1024;

    /// <summary>
    /// Schema text that is stored unless settings say otherwise. Confluent's own limit is Kafka's 1 MB record, keys and JSON escapes included; a log
    /// that the registry makes takes any text of this length.
    /// </summary>
    public const int DefaultMaxSchemaChars = 1_000_000;

    /// <summary>Body of a request to the schema registry: a text of 10 MB and what is said about it.</summary>
    public const int MaxSchemaRequestBytes = 11 * 1024 * 1024;

    /// <summary>Nesting of JSON in requests to the schema registry. Its own shapes have five levels; a schema within is a string.</summary>
    public const int MaxSchemaRequestDepth = 32;

    /// <summary>Body of what an exporter's target answers. It is kept in memory, and only an error's first words and a mode are read from it.</summary>
    public const int MaxSchemaExportAnswerBytes = MaxSchemaRequestBytes;

    /// <summary>
    /// Body of what another registry answers to a forwarded request, in memory until the client has it. In mode FORWARD it may be a list of whole schemas.
    /// </summary>
    public const int MaxSchemaForwardedAnswerBytes = 128 * 1024 * 1024;

    /// <summary>Subject or context name. Topic names end at 249; names of records with packages are longer.</summary>
    public const int MaxSchemaSubjectChars = 1024;

    /// <summary>
    /// Ids of a context that no import may skip at the end of their range: whoever may import under one subject's name shares the ids with all subjects
    /// of the context. An id within them is imported where ids have come so far already, or where it is the next one and takes no more than a registration
    /// does. A copy of a registry that has come so far follows it id by id, and stops at the first gap in the ids there. The ids of other registries
    /// are far from here.
    /// </summary>
    public const int MinSchemaIdsLeft = 1_000_000;

    /// <summary>Direct references of one schema.</summary>
    public const int MaxSchemaReferences = 1000;

    /// <summary>Different schemas that one schema refers to, directly and through others. All of them are parsed with it.</summary>
    public const int MaxSchemaReferencesInAll = 2000;

    /// <summary>How deep references go through other references. Resolving recurses.</summary>
    public const int MaxSchemaReferenceDepth = 64;

    /// <summary>Characters of all texts that one schema is parsed with. Bounds what a request costs that names others.</summary>
    public const int MaxSchemaCharsInAll = 32 * 1024 * 1024;

    /// <summary>Rules of one schema; each is stored, hashed and given to every client.</summary>
    public const int MaxSchemaRules = 1000;

    /// <summary>Name of a rule (Confluent's bound).</summary>
    public const int MaxSchemaRuleNameChars = 256;

    /// <summary>Parsed schemas that are remembered, one for each slot. A topic's writers ask for the same few again and again.</summary>
    public const int MaxRememberedSchemas = 1024;

    /// <summary>Texts beyond this are parsed again for each request: one of them must not take the place of many.</summary>
    public const int MaxRememberedSchemaChars = 64 * 1024;

    /// <summary>
    /// Characters of all texts whose parsed schemas one tenant has remembered. A parsed text takes up to fifty bytes for each of its characters, so this is
    /// some 50 MB; a thousand schemas of 1 KB are within it.
    /// </summary>
    public const int MaxRememberedSchemaCharsInAll = 1024 * 1024;

    /// <summary>Length of an earlier version's text in a message about it (Confluent's).</summary>
    public const int MaxSchemaCharsInMessage = 10_240;

    /// <summary>Entries that one list answer of the schema registry holds (Confluent's search limits).</summary>
    public const int MaxSchemaListEntries = 1000;

    /// <summary>
    /// Characters of the deleted versions that are written again with a subject's late deletion. Beyond it compaction may bring further ones back: a write
    /// must fit the log, and a subject with so much deleted above a live version is none that is in use.
    /// </summary>
    public const int MaxSchemaRepairChars = 2 * 1024 * 1024;

    /// <summary>
    /// Bytes after which a list of whole schemas ends, and characters after which no further ones are parsed for it. A thousand schemas of 16 KB are within
    /// it; who asks for a page is answered with a shorter one, of one schema at least.
    /// </summary>
    public const int MaxSchemaListBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Pairs of versions that one undeletion compares. At a transitive level they grow with the square of the versions, and whoever writes waits for
    /// them; beyond it versions are restored one by one.
    /// </summary>
    public const int MaxSchemaUndeleteComparisons = 2000;

    /// <summary>Exporters of one tenant. Each holds a connection and a walk over all subjects.</summary>
    public const int MaxSchemaExporters = 100;

    /// <summary>Name of an exporter.</summary>
    public const int MaxSchemaExporterNameChars = 255;

    /// <summary>
    /// Subjects and patterns that one exporter names. They are compared with each other when it is set up, and with each subject when it copies.
    /// </summary>
    public const int MaxSchemaExporterSubjects = 1000;

    /// <summary>A subject that an exporter names: the longest name in the longest context, their colons and the star.</summary>
    public const int MaxSchemaExporterSubjectChars = 2 * MaxSchemaSubjectChars + 3;

    /// <summary>Settings of one exporter: Confluent's clients know some dozens.</summary>
    public const int MaxSchemaExporterSettings = 1000;

    /// <summary>Name or value of an exporter's setting. The longest are certificates; an address of megabytes takes long to understand.</summary>
    public const int MaxSchemaExporterSettingChars = 32_767;

    /// <summary>Names or versions that one list answer holds (Confluent's default for subjects and versions).</summary>
    public const int MaxSubjectListEntries = 20_000;

    /// <summary>
    /// Keys of old layouts that one write to a schema log ends beside its own: deletions by others may have left thousands, and a batch has a bound.
    /// </summary>
    public const int MaxSchemaKeysEndedPerWrite = 100;

    /// <summary>Records of a schema log after which its snapshot is written again. Replaying so many takes some tens of milliseconds.</summary>
    public const int SchemaRecordsPerSnapshot = 5000;

    /// <summary>Longest wait for a schema write of another region to arrive, in milliseconds. Beyond it the reader is told, rather than kept.</summary>
    public const int MaxSchemaOffsetWaitMs = 5000;

    public const int MaxSchemaAvroFindings = 1000;
}
