namespace Protocol.Generator;

/// <summary>Writes the body of a Visit method: each field with a meaning goes through the visitor's method of that name.</summary>
internal sealed class VisitEmitter(CodeWriter code, StructModel model, Range versions)
{
    // What the endpoint call takes along must not be visited alone.
    private static readonly HashSet<string> PartOfEndpoint = ["BrokerId", "BrokerHost", "BrokerPort", "BrokerRack"];

    public void Emit()
    {
        var host = model.Fields.FirstOrDefault(f => f.Meaning == "BrokerHost");
        foreach (var field in model.Fields.Where(f => !f.Versions.IsEmpty))
        {
            if (field == host)
            {
                EmitEndpoint(host);
                continue;
            }

            if (host is not null && PartOfEndpoint.Contains(field.Meaning) && Range.None != field.Versions.Intersect(host.Versions) && IsEndpointPart(field, host))
            {
                continue;
            }

            using (code.When(Visits(field) ? field.Versions.Condition(versions) : "false"))
            {
                if (Visits(field))
                {
                    EmitField(field);
                }
            }
        }
    }

    private static bool IsEndpointPart(FieldModel field, FieldModel host) => !field.IsArray && field != host && field.Name != "ControllerId";

    private static bool Visits(FieldModel field) =>
        field.Struct is not null || field.Meaning is "TopicName" or "TopicId" or "GroupId" or "TransactionalId" or "ProducerId" or "BrokerId" or "ClusterId" or "ResourceName"
            or "CoordinatorKey" or "ConsumerSubscription" or "ConsumerAssignment" or "MemberId" or "ClientHost" or "ErrorText";

    private void EmitField(FieldModel field)
    {
        if (!field.IsArray)
        {
            if (field.Struct is not null)
            {
                code.Line($"{field.Name}{(field.TypeIsNullable ? "?" : "")}.Visit(visitor, version);");
                return;
            }

            if (!field.TypeIsNullable || field.Meaning is "ClusterId" or "ErrorText")
            {
                code.Line($"{field.Name} = {Call(field, field.Name)}{(field.TypeIsNullable || field.Meaning is not ("ClusterId" or "ErrorText") ? "" : " ?? \"\"")};");
                return;
            }

            using (code.Block($"if ({field.Name} is {{ }} value)"))
            {
                code.Line($"{field.Name} = {Call(field, "value")};");
            }

            return;
        }

        using (code.When(field.TypeIsNullable ? $"{field.Name} is not null" : null))
        {
            using (code.Block($"for (var i = 0; i < {field.Name}.Count; i++)"))
            {
                code.Line(field.Struct is not null ? $"{field.Name}[i].Visit(visitor, version);" : $"{field.Name}[i] = {Call(field, $"{field.Name}[i]")};");
            }
        }
    }

    private string Call(FieldModel field, string value) => field.Meaning switch
    {
        "ResourceName" => $"visitor.ResourceName({value}, ResourceType)",
        "CoordinatorKey" => $"visitor.CoordinatorKey({value}, {(model.Fields.Any(f => f.Name == "KeyType") ? "KeyType" : "null")})",
        _ => $"visitor.{field.Meaning}({value})",
    };

    private void EmitEndpoint(FieldModel host)
    {
        var id = model.Fields.FirstOrDefault(f => f.Meaning == "BrokerId" && IsEndpointPart(f, host));
        var port = model.Fields.FirstOrDefault(f => f.Meaning == "BrokerPort");
        var rack = model.Fields.FirstOrDefault(f => f.Meaning == "BrokerRack");
        using (code.Block($"if ({host.Versions.Expression(versions)})"))
        {
            code.Line($"var id = {id?.Name ?? "-1"};");
            code.Line($"var host = {host.Name};");
            code.Line($"var port = {port?.Name ?? "-1"};");
            code.Line($"var rack = {(rack is null ? "(string?)null" : $"({rack.Versions.Expression(versions)}) ? {rack.Name} : null")};");
            code.Line("visitor.BrokerEndpoint(ref id, ref host, ref port, ref rack);");
            code.Line($"{host.Name} = host;");
            if (id is not null)
            {
                code.Line($"{id.Name} = id;");
            }

            if (port is not null)
            {
                code.Line($"{port.Name} = port;");
            }

            if (rack is not null)
            {
                code.Line($"{rack.Name} = rack;");
            }
        }
    }
}
