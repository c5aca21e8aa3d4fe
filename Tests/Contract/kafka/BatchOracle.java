import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/**
 * What Apache Kafka's own classes do with a produced batch, one case a line on standard input:
 * version maxBytes appendTime beforeMs afterMs compacted targetCodec nowMs hex. Answers OK maxTimestamp storedHex, or ERR code indexes.
 */
public class BatchOracle {
    static final LogValidator.MetricsRecorder NO_METRICS = new LogValidator.MetricsRecorder() {
        public void recordInvalidMagic() { }
        public void recordInvalidOffset() { }
        public void recordInvalidSequence() { }
        public void recordInvalidChecksums() { }
        public void recordNoKeyCompactedTopic() { }
    };

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        boolean explains = args.length > 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println(check(line.split(" ", -1)));
            } catch (RecordValidationException e) {
                List<String> indexes = new ArrayList<>();
                for (ProduceResponse.RecordError error : e.recordErrors()) {
                    indexes.add(Integer.toString(error.batchIndex));
                }
                out.println("ERR " + Errors.forException(e.invalidException()).code() + " " + String.join(",", indexes));
            } catch (Throwable e) {
                out.println("ERR " + Errors.forException(e).code() + " -" + (explains ? " " + e + " " + e.getCause() : ""));
            }
        }
    }

    static String check(String[] f) {
        short version = Short.parseShort(f[0]);
        int maxBytes = Integer.parseInt(f[1]);
        TimestampType type = f[2].equals("1") ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        long now = Long.parseLong(f[7]);
        byte[] bytes = HexFormat.of().parseHex(f[8]);
        MemoryRecords sent = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
        ProduceRequest.validateRecords(version, sent);

        // What the log checks before it hands over to the validator.
        CompressionType source = CompressionType.NONE;
        int whole = 0;
        for (MutableRecordBatch batch : sent.batches()) {
            if (batch.baseOffset() != 0) {
                throw new InvalidRecordException("base offset");
            }
            if (batch.sizeInBytes() > maxBytes) {
                throw new RecordTooLargeException("size");
            }
            if (!batch.isValid()) {
                throw new CorruptRecordException("checksum");
            }
            whole += batch.sizeInBytes();
            source = CompressionType.forId(batch.compressionType().id);
        }

        int target = Integer.parseInt(f[6]);
        Compression compression = Compression.of(target < 0 ? source : CompressionType.forId(target)).build();
        Time time = (Time) Proxy.newProxyInstance(BatchOracle.class.getClassLoader(), new Class<?>[] {Time.class},
            (proxy, method, x) -> method.getName().equals("milliseconds") ? (Object) now : (Object) 0L);
        LogValidator validator = new LogValidator(MemoryRecords.readableRecords(ByteBuffer.wrap(Arrays.copyOf(bytes, whole))),
            new TopicPartition("t", 0), time, source, compression, f[5].equals("1"), RecordBatch.CURRENT_MAGIC_VALUE, type,
            Long.parseLong(f[3]), Long.parseLong(f[4]), 0, AppendOrigin.CLIENT);
        LogValidator.ValidationResult result =
            validator.validateMessagesAndAssignOffsets(PrimitiveRef.ofLong(0), NO_METRICS, BufferSupplier.NO_CACHING);
        ByteBuffer stored = result.validatedRecords().buffer().duplicate();
        byte[] storedBytes = new byte[stored.remaining()];
        stored.get(storedBytes);
        return "OK " + result.maxTimestampMs() + " " + HexFormat.of().formatHex(storedBytes);
    }
}
