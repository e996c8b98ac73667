using System.CommandLine;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.CommandLine;

/// <summary>The options that make a plan.</summary>
public sealed class PlanOptions
{
    private readonly Option<string> _policy = CommandOptions.Policy();
    private readonly Option<KernelFamily?> _family = CommandOptions.Family();
    private readonly Option<int?> _sliceRows = CommandOptions.SliceRows();
    private readonly Option<Float32Math> _float32 = CommandOptions.Float32();
    private readonly Option<double?> _safetyFactor = CommandOptions.SafetyFactor();

    /// <summary>Adds the options to a command.</summary>
    public PlanOptions(Command command)
    {
        command.Options.Add(_policy);
        command.Options.Add(_family);
        command.Options.Add(_sliceRows);
        command.Options.Add(_float32);
        command.Options.Add(_safetyFactor);
    }

    /// <summary>Reads them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="causal">The call is causal.</param>
    /// <param name="captureMap">The attention map is wanted.</param>
    /// <param name="masked">The call has a mask.</param>
    public PlanningOptions Read(ParseResult parsed, bool causal, bool captureMap, bool masked)
    {
        PlanningOptions defaults = new();
        return defaults with
        {
            Policy = parsed.GetValue(_policy)!,
            Family = parsed.GetValue(_family),
            SliceRows = parsed.GetValue(_sliceRows),
            Float32Math = parsed.GetValue(_float32),
            SafetyFactor = parsed.GetValue(_safetyFactor) ?? defaults.SafetyFactor,
            Causal = causal,
            CaptureMap = captureMap,
            Masked = masked,
        };
    }
}
