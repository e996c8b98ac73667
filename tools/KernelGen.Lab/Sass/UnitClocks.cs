namespace KernelGen.Lab.Sass;

/// <summary>
/// The clocks that each unit is busy for one warp, once round a loop: those of the quarter of a multiprocessor that the warp runs on.
/// </summary>
/// <remarks>
/// All units work side by side where enough warps are resident, so the one with the most clocks bounds the loop. What a multiprocessor has
/// once for its four quarters (shared memory, load and store) counts with what four such warps ask of it.
/// </remarks>
public sealed class UnitClocks
{
    /// <summary>A special function unit takes the 32 lanes of a warp in eight clocks.</summary>
    private const double SpecialFunctionClocks = 8;

    /// <summary>A pipe of 16 lanes takes a warp in two clocks.</summary>
    private const double HalfRateClocks = 2;

    /// <summary>Shared memory moves this many bytes a clock, for the whole multiprocessor.</summary>
    private const double SharedBytesPerClock = 128;

    private readonly double[] _clocks = new double[Enum.GetValues<ExecutionUnit>().Length];

    private UnitClocks()
    {
    }

    /// <summary>The unit that is busy the longest.</summary>
    public ExecutionUnit Bound => Enum.GetValues<ExecutionUnit>().MaxBy(unit => this[unit]);

    /// <summary>The share of the time in which the tensor cores can be busy, by this model.</summary>
    public double TensorShare => this[Bound] > 0 ? this[ExecutionUnit.Tensor] / this[Bound] : 0;

    /// <summary>The clocks of a unit.</summary>
    public double this[ExecutionUnit unit]
    {
        get => _clocks[(int)unit];
        private set => _clocks[(int)unit] = value;
    }

    /// <summary>Counts what some instructions take.</summary>
    /// <param name="instructions">The instructions of one warp.</param>
    /// <param name="computeCapability">The GPU's, such as 80 or 90.</param>
    public static UnitClocks Of(IEnumerable<SassInstruction> instructions, int computeCapability)
    {
        UnitClocks clocks = new();
        int floats = 0, integerProducts = 0;
        foreach (SassInstruction instruction in instructions)
        {
            InstructionKind kind = instruction.Kind;
            if (kind != InstructionKind.NoOperation)
                clocks[ExecutionUnit.Issue]++;

            switch (kind)
            {
                case InstructionKind.MatrixProduct:
                    clocks.Add(MatrixProduct.Of(instruction), computeCapability);
                    break;
                case InstructionKind.SpecialFunction or InstructionKind.SlowConversion:
                    clocks[ExecutionUnit.Mufu] += SpecialFunctionClocks;
                    break;
                case InstructionKind.FloatMultiplyAdd or InstructionKind.FloatAdd or InstructionKind.FloatMultiply:
                    floats++;
                    break;
                case InstructionKind.IntegerMultiplyAdd or InstructionKind.MoveByMultiplyAdd:
                    integerProducts++;
                    break;
                case InstructionKind.FloatMaximum or InstructionKind.PackHalves or InstructionKind.Conversion:
                case InstructionKind.HalfArithmetic or InstructionKind.Integer or InstructionKind.Predicate or InstructionKind.Select:
                case InstructionKind.Move when instruction.Mnemonic == "MOV":
                    clocks[ExecutionUnit.Alu] += HalfRateClocks;
                    break;
                case InstructionKind.SharedMemory or InstructionKind.AsyncCopy:
                    clocks[ExecutionUnit.Lsu] += instruction.BytesOfLane;
                    clocks[ExecutionUnit.Smem] += instruction.BytesOfLane;
                    break;
                case InstructionKind.GlobalMemory or InstructionKind.LocalMemory or InstructionKind.Shuffle:
                    clocks[ExecutionUnit.Lsu] += instruction.BytesOfLane;
                    break;
                default:
                    break;
            }
        }

        // From compute capability 8.6 on there are two fp32 pipes of 16 lanes, and only one of them multiplies integers.
        clocks[ExecutionUnit.Fma] = HasHalfRateFloats(computeCapability)
            ? HalfRateClocks * (floats + integerProducts)
            : Math.Max(HalfRateClocks * integerProducts, floats + integerProducts);
        return clocks;
    }

    /// <summary>Clocks of <c>mma.sync</c> m16n8k16 with fp32 sums in a quarter of a multiprocessor.</summary>
    /// <param name="computeCapability">The GPU's.</param>
    /// <remarks>GeForce boards from 8.6 on halve the rate of fp32 sums; their siblings for servers (A10, L40) take 16.</remarks>
    public static double WarpProductClocks(int computeCapability) => computeCapability is 80 or 90 or 100 or 103 ? 8 : 32;

    private static bool HasHalfRateFloats(int computeCapability) => computeCapability is 75 or 80;

    private void Add(MatrixProduct product, int computeCapability)
    {
        if (!product.OfWarpgroup)
        {
            this[ExecutionUnit.Tensor] += WarpProductClocks(computeCapability) * product.Depth / 16;
            return;
        }

        // Each of the four tensor cores does the 16 rows of one warp: 16 x N x 16 multiply-adds at 512 a clock.
        this[ExecutionUnit.Tensor] += product.Columns / 2.0 * product.Depth / 16;

        // Two bytes an element: B is read once for the four warps, and A where it does not stand in registers.
        int elements = (product.Columns + (product.RegistersOfA ? 0 : product.Rows)) * product.Depth;
        this[ExecutionUnit.Smem] += elements * 2 / SharedBytesPerClock;
    }
}
