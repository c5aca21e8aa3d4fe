using Protocol.Wire;

namespace Broker.Core.Fetching;

/// <summary>What a fetch found in one partition.</summary>
/// <param name="HighWatermark">-1 with an error.</param>
/// <param name="LogStartOffset">-1 with an error.</param>
/// <param name="RecordBytes">Bytes of the record batches that go out; 0 with an error.</param>
/// <param name="Diverges">The client's last epoch ends before its offset (KIP-595): it has to be told.</param>
public readonly record struct FetchFinding(ErrorCode Error, long HighWatermark, long LogStartOffset, int RecordBytes, bool Diverges = false);
