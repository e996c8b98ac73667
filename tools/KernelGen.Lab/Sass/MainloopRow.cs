using System.Text.Json.Serialization;

namespace KernelGen.Lab.Sass;

/// <summary>The row of a table for one function.</summary>
public sealed record MainloopRow
{
    /// <summary>The function.</summary>
    public required string Entry { get; init; }

    /// <summary>The architecture it is compiled for.</summary>
    public required int ComputeCapability { get; init; }

    /// <summary>Instructions of the function.</summary>
    public required int Instructions { get; init; }

    /// <summary>Loads and stores of local memory in the whole function.</summary>
    public required int LocalAccesses { get; init; }

    /// <summary>Instructions of the mainloop, rare ways included; null without a mainloop, as what follows.</summary>
    public int? LoopInstructions { get; init; }

    /// <summary>Instructions once round the hot path.</summary>
    public int? PathInstructions { get; init; }

    /// <summary>Loads and stores of local memory once round.</summary>
    public int? PathLocalAccesses { get; init; }

    /// <summary>Products once round.</summary>
    public int? Products { get; init; }

    /// <summary>Waits for products of the warpgroup once round.</summary>
    public int? ProductWaits { get; init; }

    /// <summary>Moves to the uniform data path once round.</summary>
    public int? MovesToUniform { get; init; }

    /// <summary>Floating-point instructions once round.</summary>
    public int? FloatInstructions { get; init; }

    /// <summary>Those of them beside products of their own warpgroup.</summary>
    public int? FloatsBesideProducts { get; init; }

    /// <summary>Clocks of each unit.</summary>
    public IReadOnlyDictionary<ExecutionUnit, double>? Clocks { get; init; }

    /// <summary>The unit that bounds the mainloop.</summary>
    public ExecutionUnit? Bound { get; init; }

    /// <summary>The share of the time in which the tensor cores can be busy.</summary>
    public double? TensorShare { get; init; }

    /// <summary>The row of a function.</summary>
    /// <param name="mainloop">Its mainloop, if it has one.</param>
    public static MainloopRow Of(SassFunction function, Mainloop? mainloop)
    {
        MainloopRow row = new()
        {
            Entry = function.Name,
            ComputeCapability = function.ComputeCapability,
            Instructions = function.Instructions.Count,
            LocalAccesses = function.Instructions.Count(instruction => instruction.Kind == InstructionKind.LocalMemory),
        };
        return mainloop is null
            ? row
            : row with
            {
                LoopInstructions = mainloop.LoopInstructions,
                PathInstructions = mainloop.Path.Count,
                PathLocalAccesses = mainloop.LocalAccesses,
                Products = mainloop.Products,
                ProductWaits = mainloop.ProductWaits,
                MovesToUniform = mainloop.Count(InstructionKind.ToUniform),
                FloatInstructions = mainloop.Overlap.FloatInstructions,
                FloatsBesideProducts = mainloop.Overlap.BesideProducts,
                Clocks = Enum.GetValues<ExecutionUnit>().ToDictionary(unit => unit, unit => mainloop.Clocks[unit]),
                Bound = mainloop.Clocks.Bound,
                TensorShare = Math.Round(mainloop.Clocks.TensorShare, 3),
            };
    }
}

/// <summary>Writes rows as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<MainloopRow>))]
internal sealed partial class MainloopJson : JsonSerializerContext;
